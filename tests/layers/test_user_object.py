from __future__ import annotations

import pytest

from netdef.layers.user_object import UserObject
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import message

USERS = "tests.layers.user_layers"


def make(name: str, words: str = "", phase: schema.Phase = schema.TEST) -> UserObject:
    options = f'python_param {{ module: "{USERS}" layer: "{name}" param_str: "{words}" }}'
    return UserObject(message("Python", options, bottoms=2), phase)


def test_the_object_is_told_of_its_place() -> None:
    user = make("WeightedProduct", "some words", schema.TRAIN)
    assert (user.object.param_str, user.object.phase) == ("some words", schema.TRAIN)
    assert [top.shape for top in user.tops] == [(0,)]


def test_setup_and_reshape_see_bottoms_of_their_shapes() -> None:
    user = make("WeightedProduct")
    user.set_up([(4, 3), (4, 3)])
    assert user.object.blobs[0].shape == (3,)
    user.take_shapes([(5, 3), (5, 3)])
    assert [blob.shape for blob in (*user.bottoms, *user.tops)] == [(5, 3)] * 3
    assert user.object.calls == ["setup", "reshape"]


def test_what_the_code_raises_names_the_layer() -> None:
    user = make("Broken", "forward")
    with pytest.raises(KeyError, match="no luck in forward") as caught:
        user.call(user.object.forward, user.bottoms, user.tops)
    assert caught.value.__notes__ == [f'in layer "layer" (Python: {USERS}.Broken)']
