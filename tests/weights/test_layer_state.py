from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from netdef.layers import register as types
from netdef.layers.base import Context, Layer, StateSpec
from netdef.layers.shape import Shape
from netdef.weights.layer_state import layer_state, set_layer_state
from tests.weights.conftest import MakeNet, product

COUNTER = 'layer { name: "c/1" type: "Counter" bottom: "data" top: "c" }'


class Counter(Layer):
    """Adds up its bottoms from pass to pass, and keeps a saved blob too."""

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        return bottoms

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        return (StateSpec((5,), saved=True), StateSpec(bottoms[0]))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        saved, total = ctx.state
        ctx.new_state = (saved, total + bottoms[0])
        return (total + bottoms[0],)


@pytest.fixture(autouse=True)
def counter(monkeypatch: pytest.MonkeyPatch) -> None:
    types.layer_types()
    monkeypatch.setitem(types._REGISTER, "Counter", Counter)


def test_only_what_weights_files_do_not_hold_is_state(make_net: MakeNet) -> None:
    net = make_net(product("a") + COUNTER)
    net({"data": torch.ones(2, 3)})
    net({"data": torch.ones(2, 3)})
    states = layer_state(net)
    assert states.keys() == {"c/1"}
    (total,) = states["c/1"]
    np.testing.assert_array_equal(total, np.full((2, 3), 2))


def test_a_net_goes_on_from_saved_state(make_net: MakeNet) -> None:
    net = make_net(COUNTER)
    net.blobs_of("c/1")[0].fill_(7)
    set_layer_state(net, {"c/1": (np.full((2, 3), 40, np.float32),), "other": ()})
    assert (net({"data": torch.full((2, 3), 2.0)}).blobs["c"] == 42).all()
    assert net.blobs_of("c/1")[0].tolist() == [7] * 5


@pytest.mark.parametrize("states", [{}, {"c/1": (np.ones((7, 3), np.float32),)}])
def test_state_that_does_not_fit_is_left_out(states: dict[str, tuple[np.ndarray, ...]], make_net: MakeNet) -> None:
    net = make_net(COUNTER)
    set_layer_state(net, states)
    assert (layer_state(net)["c/1"][0] == 0).all()
