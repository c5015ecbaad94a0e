from __future__ import annotations

from google.protobuf import text_format

from netdef.cli.group_factors import write_factors
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write
from netdef.schema import netdef_pb2 as schema

TEXT = """
layer_group { name: "fast" lr_mult: 3 }
layer_group { name: "light" lr_mult: 0.5 decay_mult: 0 }
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "both" type: "InnerProduct" bottom: "x" top: "a" in_group: "fast" in_group: "light"
  param { name: "w" decay_mult: 2 } inner_product_param { num_output: 2 } }
layer { name: "tested" type: "InnerProduct" bottom: "a" top: "b" in_group: "fast" include { phase: TEST }
  inner_product_param { num_output: 2 bias_term: false } }
layer { name: "norm" type: "BatchNorm" bottom: "a" top: "c" in_group: "fast" }
layer { name: "free" type: "InnerProduct" bottom: "c" top: "d" inner_product_param { num_output: 2 } }
"""


def test_groups_multiply_and_layers_of_every_phase_are_reached() -> None:
    tree = parse(TEXT, "net")
    write_factors(tree, text_format.Parse(TEXT, schema.NetParameter()))
    found = text_format.Parse(write(tree), schema.NetParameter()).layer
    assert [[(param.name, param.lr_mult, param.decay_mult) for param in layer.param] for layer in found] == [
        [],
        [("w", 1.5, 0), ("", 1.5, 0)],
        [("", 3, 1)],
        [],
        [],
    ]
