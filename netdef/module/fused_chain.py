"""Layers that run as one where no gradient is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from netdef.graph.adjoining import Place
from netdef.graph.chains import Chain
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.functions.compiled_convolution import CompiledConvolution
from netdef.layers.functions.images import suits
from netdef.layers.inner_product import InnerProduct
from netdef.layers.pooling import Pooling
from netdef.layers.relu import ReLU
from netdef.layers.scale import Scale
from netdef.module.folded import composed, folded
from netdef.module.kept_weights import prepared
from netdef.module.layer_module import LayerModule
from netdef.module.layout import laid_out
from netdef.module.one_dnn import Linear
from netdef.module.rectifying import rectified, rectified_maxima
from netdef.module.room import Room
from netdef.module.values import Values

_Mark = tuple[int, int, tuple[int, ...], torch.Size]


class FusedChain:
    """Runs a chain: y = max(ReLU(linear(x) + addend)), the affine layers multiplied into the linear one's weights.

    A chain that ``remembers`` keeps its weights as it needs them, multiplied and laid out, until a blob has changed;
    another makes them at each pass and keeps nothing. ``modules`` are those of its steps. With a ``place`` it
    writes there what it makes. Of the modules those that are ``weighted`` have the blobs that it multiplies.
    """

    def __init__(
        self, chain: Chain, modules: Sequence[LayerModule], *, remembers: bool, place: Place | None = None
    ) -> None:
        layers = [step.layer for step in chain.steps]
        self._bottom, self._addend = chain.head.bottoms[0], chain.addend
        self._head = layers[0] if isinstance(layers[0], Convolution | InnerProduct) else None
        self._affine = [layer for layer in layers if isinstance(layer, BatchNorm | Scale | Bias)]
        self._slope = next((layer.negative_slope for layer in layers if isinstance(layer, ReLU)), None)
        self._maximum = layers[-1] if isinstance(layers[-1], Pooling) else None
        self._place = place
        self.weighted = modules[: len(self._affine) + (self._head is not None)]
        self._remembers = remembers
        self._channels_last = remembers and modules[0].channels_last
        self._made: _Made | None = None

    def run(self, values: Values) -> Tensor:
        """Compute what the last step makes."""
        x = laid_out(values.read(self._bottom), self._channels_last)
        addend = None if self._addend is None else values.read(self._addend)
        room = None if self._place is None else Room(values, self._place)
        linear = self._linear(x)
        if isinstance(linear, CompiledConvolution) and not self._slope and (addend is None or suits(addend)):
            y = linear(x, addend, rectify=self._slope is not None, room=room)
            return y if self._maximum is None else self._maximum.maxima(y)
        y = self._rectified(linear(x) if addend is None else linear(x).add_(addend))
        return y if room is None else room.of(tuple(y.shape), y).copy_(y)

    def _rectified(self, y: Tensor) -> Tensor:
        if self._slope is None:
            return y
        return rectified(y, self._slope) if self._maximum is None else rectified_maxima(self._maximum, y, self._slope)

    def _linear(self, x: Tensor) -> Linear:
        blobs = [module.blobs for module in self.weighted]
        if not self._remembers or any(blob.is_inference() for own in blobs for blob in own):
            return self._for_once(blobs, x)
        marks = [_mark(blob) for own in blobs for blob in own]
        if self._made is None or self._made.marks != marks:
            held = [blob.detach() for own in blobs for blob in own]
            with torch.no_grad():
                self._made = _Made(marks, held, self._with_weights(blobs, x))
        linear = self._made.linear
        return self._with_weights(blobs) if isinstance(linear, CompiledConvolution) and not linear.takes(x) else linear

    def _for_once(self, blobs: Sequence[Sequence[Tensor]], x: Tensor) -> Linear:
        """Return what the chain does before the sum, weights left as they are where they are more than numbers in x."""
        if self._head is None or not self._affine or blobs[0][0].numel() <= x.numel():
            return self._with_weights(blobs)
        head, affine = self._head, self._by_channel(blobs[1:])
        own = folded(head, (), blobs[:1])
        return lambda x: affine(head.linear(x, *own))

    def _by_channel(self, blobs: Sequence[Sequence[Tensor]]) -> Linear:
        factor, offset = (each.to(blobs[0][0].dtype) for each in composed(self._affine, blobs))
        mean, variance = torch.zeros_like(factor), torch.ones_like(factor)
        return lambda x: functional.batch_norm(x, mean, variance, factor, offset, eps=0)

    def _with_weights(self, blobs: Sequence[Sequence[Tensor]], like: Tensor | None = None) -> Linear:
        """Return what the chain does before the sum, laid out for bottoms ``like`` one, if there is one."""
        if self._head is None:
            return self._by_channel(blobs)
        head = self._head
        weight, bias = folded(head, self._affine, blobs)
        laid_out = None if like is None else prepared(head, weight, bias, like)
        return laid_out or (lambda x: head.linear(x, weight, bias))


@dataclass(frozen=True)
class _Made:
    """What was made of blobs as they were; their memory is held on to, so that no other tensor has its address."""

    marks: list[_Mark]
    blobs: list[Tensor]
    linear: Linear


def _mark(blob: Tensor) -> _Mark:
    """Return what tells whether a blob is as it was: which memory, and how often torch has written there."""
    return blob.data_ptr(), blob._version, blob.stride(), blob.shape
