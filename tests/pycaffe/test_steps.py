from __future__ import annotations

import torch

from netdef.blob import Blob
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class Idle(Step):
    """Does nothing."""

    def reshape(self) -> None: ...

    def forward(self, run: Run) -> None: ...

    def backward(self, run: Run) -> None: ...


def test_a_weight_stands_in_the_tops_gradients() -> None:
    step = Idle("layer", "Idle", (), (Blob(2), Blob(2)), (0.25, 0))
    step.shape_top(0, (3, 2)).data[...] = 8
    step.shape_top(1, (3, 2)).data[...] = 100
    assert (step.tops[0].diff == 0.25).all()
    assert not step.tops[1].diff.any()
    assert step.loss(torch.device("cpu")) == 6 * 8 * 0.25


def test_the_weight_follows_the_shape() -> None:
    step = Idle("layer", "Idle", (), (Blob(2),), (2.0,))
    step.shape_top(0, (3,))
    step.tops[0].diff[...] = 1  # the user's own gradient stays while the shape does
    step.shape_top(0, (3,))
    assert step.tops[0].diff.tolist() == [1, 1, 1]
    step.shape_top(0, (5,))
    assert (step.tops[0].diff == 2).all()


def test_without_weights_there_is_no_loss() -> None:
    step = Idle("layer", "Idle", (), (Blob(2),))
    step.tops[0].data[...] = step.tops[0].diff[...] = 3
    assert (step.weights, step.loss(torch.device("cpu"))) == ((0.0,), 0)
    assert step.shown is step
