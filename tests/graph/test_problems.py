from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import DataError, OptionError, Place
from netdef.graph.build import examine
from netdef.graph.problems import Path as FieldPath
from netdef.graph.problems import Problems, nowhere, title
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from tests.graph.texts import IMAGES, layer, problems_of_file

TRAIN = schema.NetState(phase=schema.TRAIN)
RELU = schema.LayerParameter(name="r", type="ReLU")


def locate(path: FieldPath) -> Place:
    """Each layer stands on a line of its own, the second of a net on the first."""
    return Place("net", 9 - int(path[1]), len(path))


def test_every_problem_knows_its_layer_and_its_place() -> None:
    found = Problems(locate)
    found.layer(
        2, RELU, OptionError("is wrong", path=("relu_param", "negative_slope"), hint="mend it", evidence=("so",))
    )
    found.data(3, RELU, DataError("x_lmdb: no such database"))
    found.add(("layer_group", 4), "is defined already")
    found.warn(("layer", 5), "is odd")
    assert [str(problem) for problem in found.found] == [
        'net:7:4: layer "r" (ReLU): is wrong\n    so\n    mend it',
        'net:6:2: layer "r" (ReLU): x_lmdb: no such database',
        "net:5:2: is defined already",
        "net:4:2: warning: is odd",
    ]


def test_errors_come_in_file_order_and_without_warnings() -> None:
    found = Problems(locate)
    for position in (1, 3, 2):
        found.layer(position, RELU, OptionError(f"error {position}"))
        found.warn(("layer", position), f"warning {position}")
    assert [problem.message for problem in found.errors] == [f'layer "r" (ReLU): error {n}' for n in (3, 2, 1)]
    assert [problem.message for problem in found.warnings] == [f"warning {n}" for n in (1, 3, 2)]


def test_a_net_from_nowhere_has_problems_too() -> None:
    found = Problems(nowhere)
    found.layer(0, RELU, OptionError("is wrong"))
    assert str(found.errors[0]) == f"{title(RELU)}: is wrong"


def test_every_problem_is_reported_at_once_each_at_its_place(tmp_path: Path) -> None:
    text = """
layer { name: "images" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } }
layer { name: "norm" type: "LRN" bottom: "x" top: "n"
  lrn_param { local_size: 4 } }
layer { name: "both" type: "Eltwise" bottom: "x"
  bottom: "missing" top: "b" }
layer { name: "r" type: "ReLu" bottom: "b" top: "x" }
layer { name: "g" type: "ReLU" bottom: "x" top: "y"
  loss_weight: 1 loss_weight: 2
  in_group: "left" }
layer_group { name: "right" }
layer_group { name: "right" }
"""
    assert problems_of_file(tmp_path / "net.prototxt", text) == [
        '4:15 layer "norm" (LRN): local_size is 4, must be odd',
        '6:3 layer "both" (Eltwise): bottom "missing" is made by no layer before it',
        '7:19 layer "r" (ReLu): unknown layer type "ReLu"',
        '7:44 layer "r" (ReLu): top "x" is made already by layer "images" (line 2)',
        '9:3 layer "g" (ReLU): gives loss_weight 2 times, must give it never or once for each top (1)',
        '10:3 layer "g" (ReLU): group "left" is not defined',
        '12:1 layer_group "right" is defined already',
    ]


def test_the_maker_of_a_missing_bottom_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(f"{layer('ReLU', 'x', 'y')}\n\n{IMAGES}\n")
    net = load_net(path)
    (found,) = examine(net.message, TRAIN, locate=net.locate)[1].errors
    assert found.hint == 'layer "images" (line 3) makes it later: layers run in file order, and a net has no cycles'


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Convolution", "convolution_param {\n num_output: 1\nkernel_size: 9 }"),
        ("Convolution", "convolution_param {\n num_output: 1 kernel_size: 2\nstride: 0 }"),
        ("Convolution", "convolution_param {\n num_output: 1 kernel_size: 2\npad: 1 pad: 2 pad: 3 }"),
        ("Deconvolution", "convolution_param {\n num_output: 1 kernel_size: 2\npad: 40 }"),
        ("Scale", "scale_param {\n axis: 1\nnum_axes: 9 }"),
        ("Softmax", "softmax_param {\n\naxis: 9 }"),
    ],
)
def test_what_a_bottom_does_not_fit_has_the_place_of_its_field(tmp_path: Path, kind: str, options: str) -> None:
    images = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }\n'
    (found,) = problems_of_file(tmp_path / "net", images + layer(kind, "x", "y", options))
    assert found.startswith("4:1 ")
