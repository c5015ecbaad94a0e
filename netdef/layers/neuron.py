"""Layers that compute each element of the top from the same element of the bottom."""

from __future__ import annotations

from typing import ClassVar

from netdef.layers.base import Kind, Layer
from netdef.layers.shape import Shape


class Neuron(Layer):
    """An elementwise layer: one bottom, one top of its shape, in place if the file says so."""

    kind: ClassVar[Kind] = Kind.ACTIVATION
    channelwise: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    in_place: ClassVar[bool] = True

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape."""
        return bottoms
