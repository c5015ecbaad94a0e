"""A layer that remembers, the smallest there can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest
from torch import Tensor

from netdef.layers import register as types
from netdef.layers.base import Context, Layer, ParameterSpec, StateSpec
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema


class Remembering(Layer):
    """h ← w·x + h, summed over all passes so far; the top is the new h."""

    type: ClassVar[str] = "Remembering"

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        return bottoms

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        return (ParameterSpec((1,), schema.FillerParameter(value=2)),)

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        return (StateSpec(bottoms[0]),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        hidden = params[0] * bottoms[0] + ctx.state[0] * ctx.state[0]
        ctx.new_state = (hidden,)
        return (hidden,)


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it a layer type until the test ends."""
    types.layer_types()
    monkeypatch.setitem(types._REGISTER, Remembering.type, Remembering)
