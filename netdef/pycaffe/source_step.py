"""Layers whose tops come from outside."""

from __future__ import annotations

from netdef.blob import Blob
from netdef.graph.graph import Node
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class SourceStep(Step):
    """Puts what a run was given into the tops; what it was not given stays."""

    def __init__(self, node: Node, tops: list[Blob]) -> None:
        super().__init__(node.name, node.type, (), tops, node.loss_weights)
        self.names = [top.name for top in node.tops]
        for index, top in enumerate(node.tops):
            unread = (None,) if top.shape is None else top.shape
            self.shape_top(index, [length or 0 for length in unread])

    def reshape(self) -> None:
        """Leave the shapes to whoever fills the tops."""

    def forward(self, run: Run) -> None:
        """Copy the inputs."""
        for index, name in enumerate(self.names):
            if name in run.inputs:
                tensor = run.inputs[name]
                self.shape_top(index, tensor.shape).values(run.device).copy_(tensor)

    def backward(self, run: Run) -> None:
        """Do nothing: there is no bottom."""
