from __future__ import annotations

import numpy as np
import pytest

from netdef.layers.shape import Shape
from netdef.weights.contents import Array, LayerWeights, WeightsFile
from netdef.weights.match import Match, match, significant
from tests.weights.conftest import MakeNet, product

SHARED = 'param { name: "w" } param { }'


def blob(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


def of(**layers: list[Array | None]) -> WeightsFile:
    return WeightsFile("w.caffemodel", "w", tuple(LayerWeights(name, "", tuple(b)) for name, b in layers.items()))


def owners(found: Match) -> list[tuple[str, int]]:
    return [(parameter.owner, parameter.index) for parameter, _ in found.copies]


def test_layers_meet_by_name(make_net: MakeNet) -> None:
    graph = make_net(product("a") + product("b", "a", 2)).graph
    found = match(graph, of(b=[blob(2, 4), blob(2)], other=[blob(7)], data=[]))
    assert owners(found) == [("b", 0), ("b", 1)]
    assert [layer.name for layer in found.ignored] == ["other"]
    assert not found.problems


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((1, 1, 4, 3), (4, 3), True),
        ((1, 1, 1, 4), (4,), True),
        ((4, 3, 1, 1), (4, 3), False),
        ((3, 4), (4, 3), False),
        ((1,), (), True),
        ((1, 96, 11, 11), (96, 11, 11), True),
    ],
)
def test_leading_ones_do_not_count(one: Shape, other: Shape, same: bool) -> None:
    assert (significant(one) == significant(other)) is same


def test_every_misfit_is_listed(make_net: MakeNet) -> None:
    graph = make_net(product("a") + product("b", "a", 2)).graph
    found = match(graph, of(a=[blob(3, 4), blob(5)], b=[blob(2, 4)]))
    assert found.problems == [
        'layer "a": blob 0 is 3×4 in the file, 4×3 in the net',
        'layer "a": blob 1 is 5 in the file, 4 in the net',
        'layer "b": 1 blobs in the file, 2 in the net',
    ]


def test_more_blobs_than_the_net_has_do_not_fit(make_net: MakeNet) -> None:
    found = match(make_net(product("a")).graph, of(a=[blob(4, 3), blob(4), blob(1)]))
    assert found.problems == ['layer "a": 3 blobs in the file, 2 in the net']


def test_a_shared_blob_may_be_left_to_its_owner(make_net: MakeNet) -> None:
    graph = make_net(product("a", outputs=3, more=SHARED) + product("b", "a", 3, SHARED)).graph
    found = match(graph, of(a=[blob(3, 3), blob(3)], b=[None, blob(3)]))
    assert owners(found) == [("a", 0), ("a", 1), ("b", 1)]
    assert not found.problems


def test_an_owned_blob_may_not_be_left_out(make_net: MakeNet) -> None:
    found = match(make_net(product("a")).graph, of(a=[None, blob(4)]))
    assert found.problems == ['layer "a": 1 blobs in the file, 2 in the net']


def test_automatic_splits_of_the_net_are_known(make_net: MakeNet) -> None:
    graph = make_net(product("a") + product("b")).graph
    assert match(graph, of(data_data_0_split=[])).ignored == []
