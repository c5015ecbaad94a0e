from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers, run

KIND = "SigmoidCrossEntropyLoss"


@pytest.mark.parametrize(
    ("options", "divisor"),
    [
        ("", 2),
        ("normalization: FULL", 24),
        ("normalization: NONE", 1),
        ("normalize: true", 24),
        ("normalize: false", 2),
        ("ignore_label: -1", 2),
        ("ignore_label: -1 normalization: VALID", None),
    ],
)
def test_the_loss_by_its_formula(options: str, divisor: int | None) -> None:
    scores, targets = numbers(2, 3, 4), torch.linspace(0, 1, 24, dtype=torch.float64).view(2, 3, 4)
    if "ignore" in options:
        targets[:, 1:, 2] = -1
    (loss,), _ = check_layer(make(KIND, f"loss_param {{ {options} }}", bottoms=2), scores, targets)
    want, places = 0.0, 0
    for x, t in zip(scores.flatten().tolist(), targets.flatten().tolist(), strict=True):
        if t != -1:
            p = 1 / (1 + math.exp(-x))
            want -= t * math.log(p) + (1 - t) * math.log(1 - p)
            places += 1
    assert float(loss) == pytest.approx(want / (divisor or places))


def test_sure_scores_do_not_overflow() -> None:
    made = make(KIND, bottoms=2)
    scores, targets = torch.tensor([[1000.0, -1000, 1000, -1000]]), torch.tensor([[1.0, 0, 0, 1]])
    assert float(run(made, scores, targets)[0]) == 2000
    assert gradients(made, scores, targets)[0].tolist() == [[0, 0, 1, -1]]


def test_where_all_is_ignored_the_loss_and_its_gradient_are_zero() -> None:
    made = make(KIND, "loss_param { ignore_label: 2 normalization: VALID }", bottoms=2)
    scores, targets = numbers(2, 3), torch.full((2, 3), 2.0).double()
    assert float(run(made, scores, targets)[0]) == 0
    assert not np.any(gradients(made, scores, targets)[0])


def test_targets_may_lie_along_other_axes_but_not_be_fewer() -> None:
    made = make(KIND, bottoms=2)
    assert made.shapes((2, 3, 4), (2, 12)) == ((),)
    assert run(made, numbers(2, 3), numbers(2, 3, 1, 1))[0].shape == ()
    with pytest.raises(ShapeError, match="bottom 1 holds 2 targets, must hold 6: one for each score"):
        made.shapes((2, 3), (2,))
    with pytest.raises(ShapeError, match="bottoms have 2 and 3 items"):
        made.shapes((2, 3), (3, 2))
