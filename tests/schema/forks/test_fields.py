from __future__ import annotations

import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import examine
from netdef.schema.forks.fields import fork_fields, way_round_field


@pytest.mark.parametrize(
    ("message", "field", "words"),
    [
        ("PoolingParameter", "ceil_mode", "round_mode: FLOOR for false"),
        ("SolverParameter", "eval_type", "eval_type comes from SSD's Caffe: remove it"),
        ("SolverParameter", "larc", "larc comes from NVIDIA's Caffe: "),
        ("LayerParameter", "bn_param", "with its layer type BN"),
        ("V1LayerParameter", "interp_param", "with its layer type Interp"),
        ("LayerParameter", "quantization_param", "comes from Ristretto"),
    ],
)
def test_each_field_of_a_fork_has_its_owner_and_a_way_round(message: str, field: str, words: str) -> None:
    assert words in way_round_field(message, field)


@pytest.mark.parametrize(
    ("message", "field"),
    [("PoolingParameter", "unheard"), ("LayerParameter", "unheard_param"), ("NetParameter", "ceil_mode")],
)
def test_other_fields_have_none(message: str, field: str) -> None:
    assert way_round_field(message, field) == ""


def test_what_forks_added_is_not_in_the_schema() -> None:
    messages = schema.DESCRIPTOR.message_types_by_name
    assert [pair for pair in fork_fields() if pair[1] in messages[pair[0]].fields_by_name] == []


def test_a_list_of_labels_is_told_from_a_net() -> None:
    (problem,) = examine('item { name: "cat" }', "f", schema.NetParameter).problems
    assert problem.hint == "item comes from SSD's Caffe: the file is a list of labels, no net"
