from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import DataError, ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers, run


@pytest.mark.parametrize(("norm", "power"), [("L1", 1), ("L2", 2)])
def test_hinge_loss_by_its_formula(norm: str, power: int) -> None:
    scores, labels = numbers(3, 2, 5), torch.tensor([9.0, 0, 4])
    (loss,), _ = check_layer(make("HingeLoss", f"hinge_loss_param {{ norm: {norm} }}", bottoms=2), scores, labels)
    want = 0.0
    for n, row in enumerate(scores.numpy().reshape(3, 10)):
        for k, score in enumerate(row):
            sign = 1 if k == int(labels[n]) else -1
            want += max(0.0, 1 - sign * score) ** power
    assert float(loss) == pytest.approx(want / 3)


def test_a_batch_of_one_axis_has_one_score_an_item() -> None:
    (loss,), _ = check_layer(make("HingeLoss", bottoms=2), torch.tensor([0.5, -2, 3]).double(), torch.zeros(3))
    assert float(loss) == pytest.approx((0.5 + 3 + 0) / 3)


@pytest.mark.parametrize("norm", ["L1", "L2"])
def test_at_the_hinge_the_gradient_is_zero(norm: str) -> None:
    made = make("HingeLoss", f"hinge_loss_param {{ norm: {norm} }}", bottoms=2)
    scores, labels = torch.tensor([[1.0, -1.0, -2.0]]), torch.tensor([0.0])
    assert float(run(made, scores, labels)[0]) == 0
    assert not np.any(gradients(made, scores, labels)[0])


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom 1 holds 8 labels, must hold 4"):
        make("HingeLoss", bottoms=2).shapes((4, 5), (4, 2))
    with pytest.raises(DataError, match="a label is 5, must be from 0 to 4"):
        run(make("HingeLoss", bottoms=2), numbers(1, 5), torch.tensor([5.0]))
