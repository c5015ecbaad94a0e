from __future__ import annotations

import gc
import weakref

import torch
from torch import Tensor, nn

from tests.graph.texts import IMAGES, layer
from tests.nets import inputs, net, random_product


def test_values_are_freed_after_their_last_use() -> None:
    chain = [
        layer("Power", f"v{index}" if index else "x", f"v{index + 1}", "power_param { shift: 1 }") for index in range(6)
    ]
    made = net(IMAGES, *chain)
    alive: list[int] = []
    made_so_far: list[weakref.ref[Tensor]] = []

    def count(layer: nn.Module, bottoms: object, tops: tuple[Tensor, ...]) -> None:
        made_so_far.append(weakref.ref(tops[0]))
        alive.append(sum(tensor() is not None for tensor in made_so_far))

    for each in list(made.layers)[1:]:
        each.register_forward_hook(count)
    gc.disable()
    try:
        with torch.no_grad():
            made(inputs())
    finally:
        gc.enable()
    assert alive == [1, 2, 2, 2, 2, 2]  # a layer's bottom and its top


def test_a_graph_of_gradients_is_freed_with_the_pass() -> None:
    made = net(IMAGES, random_product("x", "a"), random_product("a", "b"))
    seen: list[weakref.ref[Tensor]] = []
    made.layers[1].register_forward_hook(lambda layer, bottoms, tops: seen.append(weakref.ref(tops[0])))
    gc.disable()
    try:
        result = made(inputs())
        del result
        assert seen[0]() is None
    finally:
        gc.enable()
