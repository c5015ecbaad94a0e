"""The parameters and statistics of a net as blobs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.blob import Blob, Memory
from netdef.errors import UsageError
from netdef.graph.graph import Node, Parameter, ParameterUse
from netdef.layers.shape import show
from netdef.net import Net


@dataclass(frozen=True)
class HeldBlob:
    """A blob that a layer keeps: ``learned`` by the solver or a statistic; ``learns`` if it takes a gradient now."""

    blob: Blob
    learned: bool
    learns: bool


class HeldBlobs:
    """The blobs that a net keeps, over the net's own tensors and their gradients, which are never None.

    ``share`` has those of the net whose tensors these are, where they are another's.
    """

    def __init__(self, net: Net, share: HeldBlobs | None = None) -> None:
        self._holdings = net.holdings  # not the net: it holds these blobs, and is to go when nobody else has it
        self._blobs: dict[Parameter, list[Blob]] = {}
        theirs = {id(tensor): parameter for parameter, tensor in share.tensors.items()} if share else {}
        for parameter, tensor in self.tensors.items():
            source = theirs.get(id(tensor))
            known = share._blobs[source][0] if share and source else _over(tensor)
            self._blobs[parameter] = [known]

    @property
    def tensors(self) -> dict[Parameter, Tensor]:
        """The net's own tensors."""
        return {parameter: own.tensors[0] for parameter, own in self._holdings.pieces().items()}

    def bring_home(self) -> None:
        """See that the net's own tensors and gradients hold the newest numbers, and what is written there counts."""
        for parameter, tensor in self.tensors.items():
            blob = self._blobs[parameter][0]
            blob.values(tensor.device)
            blob.gradients(tensor.device)

    def of(self, node: Node) -> list[HeldBlob]:
        """Return the blobs of a layer; layers that share a parameter have blobs of their own over one memory."""
        return [
            HeldBlob(self._view(use), use.parameter.learned, self.tensors[use.parameter].requires_grad)
            for use in node.blobs
        ]

    def _view(self, use: ParameterUse) -> Blob:
        first = self._blobs[use.parameter][0]
        view = Blob(*(length or 0 for length in use.shape))
        view.share_values(first)
        view.share_gradients(first)
        self._blobs[use.parameter].append(view)
        return view

    def share_values(self, mine: Node, theirs: Node, other: HeldBlobs) -> None:
        """Have the values of a layer of another net for one of this net, in its memory.

        Raises: UsageError if their blobs have other shapes.
        """
        shapes, wanted = ([use.shape for use in node.blobs] for node in (theirs, mine))
        if shapes != wanted:
            found, needed = (", ".join(map(show, some)) or "none" for some in (shapes, wanted))
            raise UsageError(
                f'layer "{mine.name}" cannot share its blobs with the other net: {found} there, {needed} here'
            )
        for use, source in zip(mine.blobs, theirs.blobs, strict=True):
            self.tensors[use.parameter].data = other.tensors[source.parameter].data
            for blob in self._blobs[use.parameter]:
                blob.share_values(other._blobs[source.parameter][0])


def _over(tensor: Tensor) -> Blob:
    """Return a blob over a tensor and its gradient."""
    tensor.grad = torch.zeros_like(tensor)
    return Blob.of(tuple(tensor.shape), Memory(tensor.data.view(-1)), Memory(tensor.grad.view(-1)))
