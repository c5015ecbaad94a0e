"""Layers that run as one where gradients are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from torch import Tensor
from torch.nn import functional

from netdef.graph.chains import Chain, Role
from netdef.graph.graph import Node
from netdef.layers.base import Context
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.relu import ReLU
from netdef.module.layer_module import LayerModule
from netdef.module.values import Values


class JoinedLayers:
    """Runs a chain: what its first layer makes is added to and rectified in place; Scale is a part of BatchNorm.

    In a pass it stands where the module of one layer would. State and draws are those of the first layer; ``step`` is
    that layer's, with all that the chain reads and what it makes. ``modules`` are those of the chain's steps.
    """

    def __init__(self, chain: Chain, modules: Sequence[LayerModule]) -> None:
        self._head = modules[0]
        behind = dict(zip(chain.roles[1:], modules[1:], strict=True))
        self._scale, self._sum, self._rectifier = map(behind.get, (Role.AFFINE, Role.SUM, Role.RECTIFIER))
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
        if self._rectifier is not None:
            y = _rectified(_handed(y, self._rectifier.node), self._rectifier.step.layer)
        return (y,)

    def _begun(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> Tensor:
        layer = self._head.step.layer
        if self._scale is None or not isinstance(layer, BatchNorm):
            (y,) = self._head.run(ctx, inputs, values)
            return y
        (x,) = self._head.read(values)
        return layer.normalized(ctx, _handed(x, self._scale.node), *self._scale.blobs)


Runner = LayerModule | JoinedLayers
"""What runs a step that computes."""


def _handed(tensor: Tensor, node: Node, bottom: int = 0) -> Tensor:
    """Return a bottom as a layer gets it: without its history, where no gradient goes down."""
    return tensor if node.propagates[bottom] else tensor.detach()


def _added(y: Tensor, addend: Tensor) -> Tensor:
    own = _own_memory(y)
    return y + addend if own is None or own.dtype != addend.dtype else own.add_(addend)


def _rectified(y: Tensor, layer: object) -> Tensor:
    slope = layer.negative_slope if isinstance(layer, ReLU) else 0
    own = _own_memory(y)
    if own is None:
        return functional.leaky_relu(y, slope) if slope else functional.relu(y)
    return functional.leaky_relu_(own, slope) if slope else functional.relu_(own)


def _own_memory(y: Tensor) -> Tensor | None:
    """Return the tensor in whose place others can be written: one that is no view, since autograd copies those.

    A view that shows all of another tensor, in its form, is as good as that one; of other views there is none.
    """
    base = y._base
    if base is None:
        return y
    return base if _forms(base) == _forms(y) and base.requires_grad == y.requires_grad else None


def _forms(tensor: Tensor) -> list[tuple[int, int]]:
    """Return each length with its stride, which matters unless the length is 1."""
    pairs = zip(tensor.shape, tensor.stride(), strict=True)
    return [(length, stride if length > 1 else 0) for length, stride in pairs]
