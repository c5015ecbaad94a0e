"""A layer of netdef's run on blobs: its forward function, and what autograd makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.blob import Blob
from netdef.graph.graph import Node
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.layers.shape import Shape
from netdef.module.layer_module import LayerModule
from netdef.pycaffe.blob_vec import BlobVec
from netdef.pycaffe.fit import fitting_tops
from netdef.pycaffe.held_blobs import HeldBlob
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


@dataclass(frozen=True)
class Record:
    """What one forward run left for the backward run: the layer's own graph of autograd."""

    bottoms: list[Tensor]
    parameters: list[Tensor]
    tops: tuple[Tensor, ...]


class LayerStep(Step):
    """Runs a layer by itself, cut off from the layers below and above.

    ``overwritten`` tells which bottoms a later layer (or this one) writes over in place: of those a copy is kept for
    the backward run, so that its gradient is the true one. All others are read again then, as they are at that time.
    """

    def __init__(
        self,
        module: LayerModule,
        bottoms: Sequence[Blob],
        tops: Sequence[Blob],
        blobs: Sequence[HeldBlob],
        weights: Sequence[float],
        overwritten: Sequence[bool],
    ) -> None:
        super().__init__(module.node.name, module.node.type, bottoms, tops, weights)
        self.module = module
        self.node: Node = module.node
        self.blobs = BlobVec(held.blob for held in blobs)
        self.learned = [held for held in blobs if held.learned]
        self.statistics = [held for held in blobs if not held.learned]
        self.overwritten = tuple(overwritten)
        self._record: Record | None = None
        self.reshape()

    def reshape(self) -> None:
        """Ask the layer's rule."""
        for index, shape in enumerate(self._fitting_tops()):
            self.shape_top(index, [length or 0 for length in shape])

    def _fitting_tops(self) -> tuple[Shape, ...]:
        bottoms = tuple(bottom.shape for bottom in self.bottoms)
        tops = fitting_tops(self.node, bottoms)
        self._known_bottoms = bottoms
        return tops

    def forward(self, run: Run) -> None:
        """Run the layer, copy what it gives into the tops, and carry its state on.

        Raises: DefinitionError if the layer cannot take a bottom in its new shape.
        """
        if self._known_bottoms != tuple(bottom.shape for bottom in self.bottoms):
            self._fitting_tops()
        ctx, record = self._compute(run)
        self._record = record if self._records else None
        with torch.no_grad():
            for index, tensor in enumerate(record.tops):
                self.shape_top(index, tensor.shape).values(run.device).copy_(tensor)
            if ctx.new_state is not None:
                self._carry(ctx.new_state)

    @property
    def _records(self) -> bool:
        return self.node.backward and torch.is_grad_enabled()

    def _compute(self, run: Run) -> tuple[Context, Record]:
        bottoms = [self._bottom(index, run.device) for index in range(len(self.bottoms))]
        parameters = [_leaf(held.blob.values(run.device), held.learns) for held in self.learned]
        draws = Draws(run.seed, self.node.key, run.iteration, run.rows)
        ctx = Context(self.node.layer.train, draws, self._state(run.device))
        with torch.set_grad_enabled(self._records):
            tops = self.node.layer.forward(ctx, parameters, *bottoms)
        return ctx, Record(bottoms, parameters, tops)

    def _bottom(self, index: int, device: torch.device) -> Tensor:
        values = self.bottoms[index].values(device)
        kept = values.clone() if self.overwritten[index] and self._records else values
        return _leaf(kept, self._gives_gradient(index))

    def _gives_gradient(self, index: int) -> bool:
        layer = self.node.layer
        return self.node.propagates[index] or (layer.backward_fills_bottoms and layer.takes_gradient(index))

    def _state(self, device: torch.device) -> list[Tensor]:
        hidden = self.module.state[len(self.statistics) :]
        return [held.blob.values(device) for held in self.statistics] + [tensor.to(device) for tensor in hidden]

    def _carry(self, new: Sequence[Tensor]) -> None:
        saved = self.module.state[: len(self.statistics)]
        for held, tensor in zip(self.statistics, saved, strict=True):
            held.blob.values(tensor.device)  # the module writes there
        self.module.carry(new)

    def backward(self, run: Run) -> None:
        """Take the tops' gradients down; a layer that has not run yet runs now, and leaves its tops as they are."""
        if not self.node.backward:
            return
        record = self._record or self._compute(run)[1]
        wanted = [tensor for tensor in (*record.bottoms, *record.parameters) if tensor.requires_grad]
        found = dict(zip(map(id, wanted), self._gradients(record, wanted, run.device), strict=True))
        for bottom, tensor in zip(self.bottoms, record.bottoms, strict=True):
            if tensor.requires_grad:
                _write(bottom.gradients(run.device), found[id(tensor)])
        for held, tensor in zip(self.learned, record.parameters, strict=True):
            gradient = found.get(id(tensor))
            if gradient is not None:
                held.blob.gradients(run.device).add_(gradient)

    def _gradients(self, record: Record, wanted: list[Tensor], device: torch.device) -> Sequence[Tensor | None]:
        pairs = [
            (tensor, top.gradients(device).clone().view(tensor.shape))
            for tensor, top in zip(record.tops, self.tops, strict=True)
            if tensor.requires_grad
        ]
        if not pairs or not wanted:
            return [None] * len(wanted)
        tops, given = zip(*pairs, strict=True)
        return torch.autograd.grad(tops, wanted, given, retain_graph=True, allow_unused=True)


def _leaf(values: Tensor, learns: bool) -> Tensor:
    """Return the same memory as a leaf of a graph of its own; autograd does not see who writes into it."""
    return values.data.requires_grad_(learns)


def _write(to: Tensor, gradient: Tensor | None) -> None:
    if gradient is None:
        to.zero_()
    else:
        to.copy_(gradient)
