from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import Upgraded, UpgradeError
from netdef.schema.upgrade.inputs import upgrade


def upgraded(text: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse(text, NetParameter()))


def dims(*extents: int) -> str:
    return " ".join(f"input_dim: {extent}" for extent in extents)


def test_numbers_become_shapes_of_four_axes() -> None:
    result = upgraded(f'name: "n" input: "a" input: "b" {dims(1, 2, 3, 4, 5, 6, 7, 8)} layer {{ name: "first" }}')
    assert result.message == text_format.Parse(
        'name: "n" layer { name: "input" type: "Input" top: "a" top: "b" input_param { '
        "shape { dim: 1 dim: 2 dim: 3 dim: 4 } shape { dim: 5 dim: 6 dim: 7 dim: 8 } } "
        '} layer { name: "first" }',
        NetParameter(),
    )
    assert result.original(("layer", 0, "input_param", "shape", 1, "dim", 2)) == ("input_dim", 6)
    assert result.original(("layer", 0, "input_param", "shape", 1)) == ("input_dim", 4)
    assert result.original(("layer", 0, "top", 1)) == ("input", 1)
    assert result.original(("layer", 1, "name")) == ("layer", 0, "name")


def test_shapes_are_taken_over_and_win_over_numbers() -> None:
    result = upgraded(f'input: "a" input_shape {{ dim: 2 dim: 3 }} {dims(9, 9, 9, 9)}')
    assert [list(shape.dim) for shape in result.message.layer[0].input_param.shape] == [[2, 3]]
    assert result.original(("layer", 0, "input_param", "shape", 0, "dim", 1)) == ("input_shape", 0, "dim", 1)


def test_inputs_without_shapes_are_dropped() -> None:
    layer = 'layer { name: "first" bottom: "a" blobs { data: 1 } }'
    result = upgraded(f'input: "a" {layer}')
    assert result.message == text_format.Parse(layer, NetParameter())
    assert result.original(("layer", 0)) == ("layer", 0)


@pytest.mark.parametrize("layer", ['layer { bottom: "b" }', 'layer { top: "a" } layer { bottom: "a" }'])
def test_an_input_without_a_shape_may_stand_where_no_layer_needs_it(layer: str) -> None:
    assert upgraded(f'input: "a" {layer}').message == text_format.Parse(layer, NetParameter())


def test_an_input_that_a_layer_needs_must_have_a_shape() -> None:
    with pytest.raises(UpgradeError, match='input "b" has no shape') as caught:
        upgraded('input: "a" input: "b" layer { bottom: "b" }')
    assert caught.value.path == ("input", 1)
    assert caught.value.hint == "add input_shape { dim: … } for it"


def test_nets_without_inputs_stay() -> None:
    net = text_format.Parse('layer { name: "first" }', NetParameter())
    assert upgrade(net).message is net


def test_too_few_numbers_are_refused() -> None:
    with pytest.raises(UpgradeError, match="3 input_dim for 1 input, must be 4 each: N, C, H, W") as caught:
        upgraded(f'input: "a" {dims(1, 2, 3)}')
    assert caught.value.path == ("input_dim", 0)
    assert "input_shape" in caught.value.hint


def test_too_few_shapes_are_refused() -> None:
    with pytest.raises(UpgradeError, match="1 input_shape for 2 input, must be one each") as caught:
        upgraded('input: "a" input: "b" input_shape { dim: 2 }')
    assert caught.value.path == ("input_shape", 0)
