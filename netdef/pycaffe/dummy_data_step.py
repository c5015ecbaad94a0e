"""DummyData on blobs: constants are filled once, and what users write over them stays."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from netdef.blob import Blob
from netdef.graph.graph import Node
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.layers.dummy_data import DummyData
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class DummyDataStep(Step):
    """Fills constant tops when the net is made, all others in every pass, in the shape that they have then.

    So a constant top can stand for data that the user writes into it.

    Source: dummy_data_layer.cpp.
    """

    def __init__(self, node: Node, layer: DummyData, tops: list[Blob], weights: Sequence[float]) -> None:
        super().__init__(node.name, node.type, (), tops, weights)
        self.key = node.key
        self.layer = layer
        for index, shape in enumerate(layer.given):
            self.shape_top(index, shape)
            if layer.is_constant(index):
                self._fill(index, Run())

    def reshape(self) -> None:
        """Leave the tops in the shapes that they have: users may give them others."""

    def forward(self, run: Run) -> None:
        """Draw the tops that are no constants."""
        for index in range(len(self.tops)):
            if not self.layer.is_constant(index):
                self._fill(index, run)

    def _fill(self, index: int, run: Run) -> None:
        top = self.tops[index]
        draws = Draws(run.seed, self.key, run.iteration, run.rows)
        ctx = Context(self.layer.train, draws, device=run.device, dtype=torch.float32)
        top.values(run.device).copy_(self.layer.filled(ctx, index, top.shape))

    def backward(self, run: Run) -> None:
        """Do nothing: there is no bottom."""
