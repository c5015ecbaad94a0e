from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers, run

BELONG = torch.tensor([1.0, 0, 0, 1, 0])
PAIRS = (numbers(5, 3), numbers(5, 3, seed=1), BELONG)


def distances() -> list[float]:
    return [math.sqrt(sum((a - b) ** 2 for a, b in zip(*pair, strict=True))) for pair in zip(*PAIRS[:2], strict=True)]


@pytest.mark.parametrize(("options", "margin"), [("", 1.0), ("margin: 3", 3.0)])
def test_the_loss_and_its_gradient_by_their_formulas(options: str, margin: float) -> None:
    made = make("ContrastiveLoss", f"contrastive_loss_param {{ {options} }}", bottoms=3)
    (loss,), _ = check_layer(made, *PAIRS, differentiable=False)
    want, slopes = 0.0, np.zeros((5, 3))
    for n, d in enumerate(distances()):
        want += d**2 if BELONG[n] else max(margin - d, 0) ** 2
        factor = 1 if BELONG[n] else -max(margin - d, 0) / (d + 1e-4)  # the derivative would have no 1e-4
        slopes[n] = factor * (PAIRS[0] - PAIRS[1])[n] / 5
    assert float(loss) == pytest.approx(want / 10)
    da, db, _ = gradients(made, *PAIRS)
    np.testing.assert_allclose(da, slopes)
    np.testing.assert_allclose(db, -slopes)


def test_the_old_version_by_its_formula() -> None:
    made = make("ContrastiveLoss", "contrastive_loss_param { legacy_version: true margin: 8 }", bottoms=3)
    (loss,), _ = check_layer(made, *PAIRS)
    want = sum(d**2 if belong else max(8 - d**2, 0) for d, belong in zip(distances(), BELONG, strict=True))
    assert float(loss) == pytest.approx(want / 10)


def test_items_may_be_single_numbers() -> None:
    made = make("ContrastiveLoss", "contrastive_loss_param { margin: 4 }", bottoms=3)
    (loss,), _ = check_layer(made, numbers(2) * 0, torch.tensor([3.0, 1]).double(), BELONG[:2], differentiable=False)
    assert float(loss) == pytest.approx((3**2 + (4 - 1) ** 2) / 4)


def test_equal_items_have_a_gradient() -> None:
    same = torch.zeros(1, 2)
    da, db, _ = gradients(make("ContrastiveLoss", bottoms=3), same, same, torch.tensor([0.0]))
    assert da.tolist() == db.tolist() == [[0, 0]]


@pytest.mark.parametrize(("belong", "loss"), [(0.5, 0.5), (-0.5, 0.5), (1.5, 0.0)])
def test_what_tells_pairs_is_cut_to_a_whole_number(belong: float, loss: float) -> None:
    same = torch.zeros(1, 2)
    assert run(make("ContrastiveLoss", bottoms=3), same, same, torch.tensor([belong])) == [loss]


def test_what_tells_pairs_gets_no_gradient() -> None:
    made = make("ContrastiveLoss", bottoms=3)
    assert [made.takes_gradient(index) for index in range(3)] == [True, True, False]


def test_bottoms_that_do_not_fit_are_refused() -> None:
    made = make("ContrastiveLoss", bottoms=3)
    assert made.shapes((None, 3), (5, 3, 1, 1), (5, 1)) == ((),)
    with pytest.raises(ShapeError, match="bottoms 0 and 1 are 5×3 and 5×4, must have as many numbers per item"):
        made.shapes((5, 3), (5, 4), (5,))
    with pytest.raises(ShapeError, match="bottom 2 is 5×2, must hold one number for each item of bottom 0, 5×3"):
        made.shapes((5, 3), (5, 3), (5, 2))
    with pytest.raises(ShapeError, match="bottom 0 is 5×3×2×1, must be N×C, or N×C×1×1"):
        made.shapes((5, 3, 2, 1), (5, 3, 2, 1), (5,))
