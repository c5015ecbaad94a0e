from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import Upgraded
from netdef.schema.upgrade.data_transform import upgrade


def upgraded(text: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse(text, NetParameter()))


@pytest.mark.parametrize(
    ("kind", "options"),
    [("DATA", "data_param"), ("IMAGE_DATA", "image_data_param"), ("WINDOW_DATA", "window_data_param")],
)
def test_transformations_move(kind: str, options: str) -> None:
    moved = 'scale: 2 mean_file: "m" crop_size: 3 mirror: true'
    before = f"layers {{ }} layers {{ type: {kind} {options} {{ batch_size: 4 {moved} }} }}"
    after = f"layers {{ }} layers {{ type: {kind} {options} {{ batch_size: 4 }} transform_param {{ {moved} }} }}"
    result = upgraded(before)
    assert result.message == text_format.Parse(after, NetParameter())
    assert result.original(("layers", 1, "transform_param", "mean_file")) == ("layers", 1, options, "mean_file")


def test_transformations_that_are_there_already_stay() -> None:
    result = upgraded("layers { type: DATA data_param { scale: 2 } transform_param { scale: 5 crop_size: 3 } }")
    transform = result.message.layers[0].transform_param
    assert (transform.scale, transform.crop_size) == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "layers { type: DATA data_param { batch_size: 4 } }",
        "layers { type: IMAGE_DATA data_param { scale: 2 } }",
        'layer { type: "Data" data_param { scale: 2 } }',
    ],
)
def test_other_layers_stay(text: str) -> None:
    net = text_format.Parse(text, NetParameter())
    assert upgrade(net).message is net
