"""torch.compile and torch.export take whole nets only if they can trace each layer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from netdef.layers.register import layer_types
from tests.layers.contract import context, random_params
from tests.layers.traceable import cases, random_state


def test_every_type_that_says_it_can_be_traced_is_tried() -> None:
    claimed = {name for name, kind in layer_types().items() if kind.traceable and not kind.source}
    assert {layer.type for layer, _ in cases()} == claimed


# torch makes an instance of an autograd.Function as it traces one, and warns of itself
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_layers_are_traced_whole_and_give_the_same_numbers() -> None:
    chosen = [
        (layer, random_params(layer, *bottoms), random_state(layer, *bottoms), bottoms) for layer, bottoms in cases()
    ]

    def forward(bottoms: Sequence[Sequence[Tensor]]) -> list[tuple[Tensor, ...]]:
        return [
            layer.forward(context(layer, state), params, *inputs)
            for (layer, params, state, _), inputs in zip(chosen, bottoms, strict=True)
        ]

    assert all(layer.traceable for layer, *_ in chosen)
    values = [bottoms for *_, bottoms in chosen]
    torch.testing.assert_close(torch.compile(forward, backend="eager", fullgraph=True)(values), forward(values))
