"""A small net of shared, split, rectified and still parts, and what Caffe logs of it where debug_info is set.

Recorded from Caffe 1.0: one test, and one iteration of two passes. Each line begins with four blanks there.
"""

from __future__ import annotations

import re

import pytest

NET = """
layer { name: "data" type: "DummyData" top: "data" top: "target" dummy_data_param { shape { dim: 3 dim: 5 } shape
  { dim: 3 dim: 2 } data_filler { type: "constant" value: 0.5 } data_filler { type: "constant" value: 1 } } }
layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1" param { name: "w" } param { lr_mult: 0 }
  inner_product_param { num_output: 4 weight_filler { type: "constant" value: 0.3 } bias_filler { type: "constant"
  value: 0.1 } } }
layer { name: "relu" type: "ReLU" bottom: "ip1" top: "ip1" }
layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2" inner_product_param { num_output: 5
  weight_filler { type: "constant" value: -0.2 } } }
layer { name: "ip3" type: "InnerProduct" bottom: "ip2" top: "ip3" param { name: "w" } inner_product_param {
  num_output: 4 bias_filler { type: "constant" value: 0.25 } } }
layer { name: "sum" type: "Eltwise" bottom: "ip1" bottom: "ip3" top: "sum" }
layer { name: "ip4" type: "InnerProduct" bottom: "sum" top: "ip4" inner_product_param { num_output: 2
  weight_filler { type: "constant" value: 0.7 } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip4" bottom: "target" top: "loss" }
layer { name: "mean" type: "Reduction" bottom: "ip1" top: "mean" loss_weight: 0.5 reduction_param { operation:
  MEAN } include { phase: TRAIN } }
"""
SOLVER = """
net: "%s" base_lr: 0.01 lr_policy: "fixed" max_iter: 1 display: 2 debug_info: true iter_size: 2
test_iter: 1 test_interval: 2 snapshot_after_train: false solver_mode: CPU snapshot_prefix: "%s/x"
"""
LINES = """
[Forward] Layer data, top blob data data: 0.5
[Forward] Layer data, top blob target data: 1
[Forward] Layer ip1, top blob ip1 data: 0.85
[Forward] Layer ip1, param blob w data: 0.3
[Forward] Layer ip1, param blob 1 data: 0.1
[Forward] Layer relu, top blob ip1 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_0 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_1 data: 0.85
[Forward] Layer ip2, top blob ip2 data: 0.68
[Forward] Layer ip2, param blob 0 data: 0.2
[Forward] Layer ip2, param blob 1 data: 0
[Forward] Layer ip3, top blob ip3 data: 0.77
[Forward] Layer ip3, param blob w data: 0.3
[Forward] Layer ip3, param blob 1 data: 0.25
[Forward] Layer sum, top blob sum data: 0.0799999
[Forward] Layer ip4, top blob ip4 data: 0.224
[Forward] Layer ip4, param blob 0 data: 0.7
[Forward] Layer ip4, param blob 1 data: 0
[Forward] Layer loss, top blob loss data: 0.602176
[Forward] Layer data, top blob data data: 0.5
[Forward] Layer data, top blob target data: 1
[Forward] Layer ip1, top blob ip1 data: 0.85
[Forward] Layer ip1, param blob w data: 0.3
[Forward] Layer ip1, param blob 1 data: 0.1
[Forward] Layer relu, top blob ip1 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_0 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_1 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_2 data: 0.85
[Forward] Layer ip2, top blob ip2 data: 0.68
[Forward] Layer ip2, param blob 0 data: 0.2
[Forward] Layer ip2, param blob 1 data: 0
[Forward] Layer ip3, top blob ip3 data: 0.77
[Forward] Layer ip3, param blob w data: 0.3
[Forward] Layer ip3, param blob 1 data: 0.25
[Forward] Layer sum, top blob sum data: 0.0799999
[Forward] Layer ip4, top blob ip4 data: 0.224
[Forward] Layer ip4, param blob 0 data: 0.7
[Forward] Layer ip4, param blob 1 data: 0
[Forward] Layer loss, top blob loss data: 0.602176
[Forward] Layer mean, top blob mean data: 0.85
[Backward] Layer mean, bottom blob ip1_relu_0_split_2 diff: 0.0416667
[Backward] Layer loss, bottom blob ip4 diff: 0.258667
[Backward] Layer ip4, bottom blob sum diff: 0.362133
[Backward] Layer ip4, param blob 0 diff: 0.06208
[Backward] Layer ip4, param blob 1 diff: 0.776
[Backward] Layer sum, bottom blob ip1_relu_0_split_1 diff: 0.362133
[Backward] Layer sum, bottom blob ip3 diff: 0.362133
[Backward] Layer ip3, bottom blob ip2 diff: 0.43456
[Backward] Layer ip3, param blob 0 diff: 0.738752
[Backward] Layer ip3, param blob 1 diff: 1.0864
[Backward] Layer ip2, bottom blob ip1_relu_0_split_0 diff: 0.43456
[Backward] Layer ip2, param blob 0 diff: 1.10813
[Backward] Layer ip2, param blob 1 diff: 1.30368
[Backward] Layer ip1_relu_0_split, bottom blob ip1 diff: 0.114093
[Backward] Layer relu, bottom blob ip1 diff: 0.114093
[Backward] Layer ip1, param blob 0 diff: 0.909892
[Backward] All net params (data, diff): L1 norm = (17, 53.2731); L2 norm = (2.6096, 7.45461)
[Forward] Layer data, top blob data data: 0.5
[Forward] Layer data, top blob target data: 1
[Forward] Layer ip1, top blob ip1 data: 0.85
[Forward] Layer ip1, param blob w data: 0.3
[Forward] Layer ip1, param blob 1 data: 0.1
[Forward] Layer relu, top blob ip1 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_0 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_1 data: 0.85
[Forward] Layer ip1_relu_0_split, top blob ip1_relu_0_split_2 data: 0.85
[Forward] Layer ip2, top blob ip2 data: 0.68
[Forward] Layer ip2, param blob 0 data: 0.2
[Forward] Layer ip2, param blob 1 data: 0
[Forward] Layer ip3, top blob ip3 data: 0.77
[Forward] Layer ip3, param blob w data: 0.3
[Forward] Layer ip3, param blob 1 data: 0.25
[Forward] Layer sum, top blob sum data: 0.0799999
[Forward] Layer ip4, top blob ip4 data: 0.224
[Forward] Layer ip4, param blob 0 data: 0.7
[Forward] Layer ip4, param blob 1 data: 0
[Forward] Layer loss, top blob loss data: 0.602176
[Forward] Layer mean, top blob mean data: 0.85
[Backward] Layer mean, bottom blob ip1_relu_0_split_2 diff: 0.0416667
[Backward] Layer loss, bottom blob ip4 diff: 0.258667
[Backward] Layer ip4, bottom blob sum diff: 0.362133
[Backward] Layer ip4, param blob 0 diff: 0.12416
[Backward] Layer ip4, param blob 1 diff: 1.552
[Backward] Layer sum, bottom blob ip1_relu_0_split_1 diff: 0.362133
[Backward] Layer sum, bottom blob ip3 diff: 0.362133
[Backward] Layer ip3, bottom blob ip2 diff: 0.43456
[Backward] Layer ip3, param blob 0 diff: 1.64864
[Backward] Layer ip3, param blob 1 diff: 2.1728
[Backward] Layer ip2, bottom blob ip1_relu_0_split_0 diff: 0.43456
[Backward] Layer ip2, param blob 0 diff: 2.21626
[Backward] Layer ip2, param blob 1 diff: 2.60736
[Backward] Layer ip1_relu_0_split, bottom blob ip1 diff: 0.114093
[Backward] Layer relu, bottom blob ip1 diff: 0.114093
[Backward] Layer ip1, param blob 0 diff: 1.81978
[Backward] All net params (data, diff): L1 norm = (17, 106.546); L2 norm = (2.6096, 14.9092)
""".strip().splitlines()
NUMBER = re.compile(r"(?<=[ (])-?[\d.]+(?:e[-+]?\d+)?(?=$|[,)])")


def compare(found: list[str], expected: list[str] = LINES) -> None:
    """Fail unless there are the same lines in the same order, their numbers alike to four digits."""
    assert [NUMBER.sub("#", line.strip()) for line in found] == [NUMBER.sub("#", line) for line in expected]
    for line, wanted in zip(found, expected, strict=True):
        numbers = [float(number) for number in NUMBER.findall(wanted)]
        assert [float(number) for number in NUMBER.findall(line)] == pytest.approx(numbers, rel=1e-4), line
