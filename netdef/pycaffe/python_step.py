"""A Python layer run on the net's own blobs, without copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netdef.blob import Blob
from netdef.graph.graph import Node
from netdef.layers.python import Python
from netdef.pycaffe.held_blobs import HeldBlob
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class PythonStep(Step):
    """Hands the user's class the blobs of the net: what it writes into them, the net has."""

    def __init__(
        self,
        node: Node,
        layer: Python,
        bottoms: Sequence[Blob],
        tops: Sequence[Blob],
        blobs: Sequence[HeldBlob],
        weights: Sequence[float],
    ) -> None:
        super().__init__(node.name, node.type, bottoms, tops, weights)
        self.node = node
        layer.shapes(*(bottom.shape for bottom in bottoms))
        self.user = layer.user()
        self.blobs = self.shown.blobs
        for blob, held in zip(self.blobs, blobs, strict=True):
            blob.share_values(held.blob)
            blob.share_gradients(held.blob)
        for index, prepared in enumerate(self.user.tops):
            self.shape_top(index, prepared.shape).data[...] = prepared.data

    @property
    def shown(self) -> Any:
        """The user's own object."""
        return self.user.object

    def reshape(self) -> None:
        """Let the class do it."""
        before = [top.shape for top in self.tops]
        self.user.call(self.shown.reshape, list(self.bottoms), list(self.tops))
        for top, weight, shape in zip(self.tops, self.weights, before, strict=True):
            if weight and top.shape != shape:
                top.diff[...] = weight

    def forward(self, run: Run) -> None:
        """Reshape and run forward."""
        self.reshape()
        self.user.call(self.shown.forward, list(self.bottoms), list(self.tops))

    def backward(self, run: Run) -> None:
        """Run backward."""
        if self.node.backward:
            propagates = list(self.node.propagates)
            self.user.call(self.shown.backward, list(self.tops), propagates, list(self.bottoms))
