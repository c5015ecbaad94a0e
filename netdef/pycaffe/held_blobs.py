"""The parameters and statistics of a net as blobs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.blob import Blob, Memory
from netdef.graph.graph import Node, Parameter
from netdef.net import Net


@dataclass(frozen=True)
class HeldBlob:
    """A blob that a layer keeps: ``learned`` by the solver or a statistic; ``learns`` if it takes a gradient now.

    ``home`` is the device of the net's own tensor.
    """

    blob: Blob
    learned: bool
    learns: bool
    home: torch.device

    def bring_home(self) -> None:
        """See that the net's own tensor and its gradient hold the newest numbers, and that what is written there counts."""
        self.blob.values(self.home)
        self.blob.gradients(self.home)


class HeldBlobs:
    """Memory for each parameter of a net, over the net's own tensors and their gradients, which are never None.

    ``share`` is the memory of the net whose tensors these are, where they are another's.
    """

    def __init__(self, net: Net, share: HeldBlobs | None = None) -> None:
        self.net = net
        self.values: dict[Parameter, Memory] = {}
        self.gradients: dict[Parameter, Memory] = {}
        theirs = {id(tensor): parameter for parameter, tensor in share.net.tensors.items()} if share else {}
        for parameter, tensor in net.tensors.items():
            source = theirs.get(id(tensor))
            if share and source:
                self.values[parameter] = share.values[source]
                self.gradients[parameter] = share.gradients[source]
            else:
                tensor.grad = torch.zeros_like(tensor)
                self.values[parameter] = Memory(_flat(tensor))
                self.gradients[parameter] = Memory(_flat(tensor.grad))

    def of(self, node: Node) -> list[HeldBlob]:
        """Return the blobs of a layer; layers that share a parameter have blobs of their own over one memory."""
        held = []
        for use in node.blobs:
            parameter, tensor = use.parameter, self.net.tensors[use.parameter]
            shape = tuple(length or 0 for length in use.shape)
            blob = Blob.of(shape, self.values[parameter], self.gradients[parameter])
            held.append(HeldBlob(blob, parameter.learned, tensor.requires_grad, tensor.device))
        return held


def _flat(tensor: Tensor) -> Tensor:
    return tensor.data.view(-1)
