"""Layers of all types are done again from what they did once, and give the same numbers to the last bit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from netdef.layers.base import Layer
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.repetition import repetition_of
from tests.layers.contract import context, random_params
from tests.layers.traceable import cases, random_state

CASES = cases()


def numbers_of(
    layer: Layer, params: Sequence[Tensor], state: Sequence[Tensor], bottoms: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor | None]]:
    """Return the tops of a layer, and the gradients of what learns, and of the bottoms that may have one."""
    asked = [
        bottom.detach().requires_grad_() if layer.takes_gradient(index) else bottom
        for index, bottom in enumerate(bottoms)
    ]
    tops = layer.forward(context(layer, list(state)), list(params), *asked)
    terms = [top.square().sum() for top in tops if top.requires_grad]
    leaves = [each for each in (*params, *asked) if each.requires_grad]
    if not terms or not leaves:
        return [top.detach() for top in tops], []
    return [top.detach() for top in tops], list(
        torch.autograd.grad(torch.stack(terms).sum(), leaves, allow_unused=True)
    )


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{layer.type}-{n}" for n, (layer, _) in enumerate(CASES)])
def test_a_layer_is_repeated(index: int) -> None:
    layer, bottoms = CASES[index]
    params = [each.detach().float().requires_grad_() for each in random_params(layer, *bottoms)]
    state = [each.float() for each in random_state(layer, *bottoms)]
    held = [laid(each.float()) for each in bottoms]
    numbers_of(layer, params, state, held)  # what is found out once is known then
    tape = OperatorTape()
    with tape.running():
        tops, gradients = numbers_of(layer, params, state, held)
    shown = [*tops, *(each for each in gradients if each is not None)]
    again = repetition_of(tape, shown, [*params, *state, *held])
    assert again is not None
    for place, bottom in enumerate(held):
        if layer.takes_gradient(place):
            bottom.copy_(bottom.flip(0) * 0.75 + 0.125)
    again.run()
    expected_tops, expected_gradients = numbers_of(layer, params, state, held)
    torch.testing.assert_close(tops, expected_tops, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(gradients, expected_gradients, rtol=0, atol=0, equal_nan=True)


def laid(bottom: Tensor) -> Tensor:
    """Return a bottom as it lies in a net, apart from others."""
    return bottom.clone(memory_format=torch.channels_last if bottom.dim() == 4 else torch.contiguous_format)
