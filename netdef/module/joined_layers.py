"""Layers that run as one where gradients are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from netdef.graph.chains import Chain, Role
from netdef.graph.graph import Node
from netdef.layers.base import Context
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.pooling import Pooling
from netdef.layers.relu import ReLU
from netdef.module.layer_module import LayerModule
from netdef.module.rectifying import is_own, rectified, rectified_maxima
from netdef.module.values import Values


class JoinedLayers:
    """Runs a chain: what its first layer makes is added to and rectified in place; Scale is a part of BatchNorm.

    The maxima of windows are taken before they are rectified: the numbers and gradients are the same, and fewer.
    In a pass it stands where the module of one layer would. State and draws are those of the first layer; ``step`` is
    that layer's, with all that the chain reads and what it makes. ``modules`` are those of the chain's steps.
    """

    def __init__(self, chain: Chain, modules: Sequence[LayerModule]) -> None:
        self._head = modules[0]
        behind = dict(zip(chain.roles[1:], modules[1:], strict=True))
        self._scale, self._sum, self._rectifier, self._maximum = map(
            behind.get, (Role.AFFINE, Role.SUM, Role.RECTIFIER, Role.MAXIMUM)
        )
        self._addend = chain.addend
        bottoms = chain.head.bottoms if chain.addend is None else (*chain.head.bottoms, chain.addend)
        blobs = tuple(takes for step in chain.steps for takes in step.blobs)
        self.step = replace(chain.head, bottoms=bottoms, blobs=blobs, tops=chain.makes)
        self.device = self._head.device

    @property
    def state(self) -> list[Tensor]:
        """What the first layer carries from pass to pass."""
        return self._head.state

    def carry(self, new: Iterable[Tensor]) -> None:
        """Put new tensors in the place of the state."""
        self._head.carry(new)

    def run(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> tuple[Tensor, ...]:
        """Compute what the last layer makes."""
        y = self._begun(ctx, inputs, values)
        if self._sum is not None and self._addend is not None:
            place = self._sum.step.bottoms.index(self._addend)
            addend = _handed(values.read(self._addend), self._sum.node, place)
            y = _added(_handed(y, self._sum.node, 1 - place), addend)
        return (self._finished(y),)

    def _begun(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> Tensor:
        layer = self._head.step.layer
        if self._scale is None or not isinstance(layer, BatchNorm):
            (y,) = self._head.run(ctx, inputs, values)
            return y
        (x,) = self._head.read(values)
        return layer.normalized(ctx, _handed(x, self._scale.node), *self._scale.blobs)

    def _finished(self, y: Tensor) -> Tensor:
        """Return what is rectified, or the maxima of it, or those of what is not."""
        slope: float | None = None
        if self._rectifier is not None:
            layer, y = self._rectifier.step.layer, _handed(y, self._rectifier.node)
            slope = layer.negative_slope if isinstance(layer, ReLU) else 0
        if self._maximum is None:
            return y if slope is None else rectified(y, slope)
        pooling, y = self._maximum.step.layer, _handed(y, self._maximum.node)
        assert isinstance(pooling, Pooling)
        return pooling.maxima(y) if slope is None else rectified_maxima(pooling, y, slope)


Runner = LayerModule | JoinedLayers
"""What runs a step that computes."""


def _handed(tensor: Tensor, node: Node, bottom: int = 0) -> Tensor:
    """Return a bottom as a layer gets it: without its history, where no gradient goes down."""
    return tensor if node.propagates[bottom] else tensor.detach()


def _added(y: Tensor, addend: Tensor) -> Tensor:
    return y.add_(addend) if is_own(y) and y.dtype == addend.dtype else y + addend
