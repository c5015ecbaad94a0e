from __future__ import annotations

import math

import pytest
import torch

from netdef.errors import DataError, OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers

LABELS = torch.tensor([2.0, 0.0, 1.0, 2.0], dtype=torch.float64)


def test_the_distance_from_the_right_class() -> None:
    y = numbers(4, 3).square()
    (loss,), _ = check_layer(make("DistanceLoss", bottoms=2), y, LABELS)
    want = sum(float(y[n, int(LABELS[n])]) for n in range(4)) / 4
    assert float(loss) == pytest.approx(want)


def test_the_classes_compete() -> None:
    y = numbers(4, 3).square()
    made = make("DistanceLoss", "distance_loss_param { rubbish: 0.5 }", bottoms=2)
    (loss,), _ = check_layer(made, y, LABELS)
    want = 0.0
    for n in range(4):
        others = math.exp(-0.5) + sum(math.exp(-float(y[n, i])) for i in range(3))
        want += (float(y[n, int(LABELS[n])]) + math.log(others)) / 4
    assert float(loss) == pytest.approx(want)


def test_far_away_from_all_classes_nothing_is_lost() -> None:
    y = torch.tensor([[5000.0, 4000.0]], dtype=torch.float64)
    made = make("DistanceLoss", "distance_loss_param { rubbish: 10 }", bottoms=2)
    (loss,), _ = check_layer(made, y, torch.tensor([1.0]), differentiable=False)
    assert float(loss) == 4000 - 10


def test_impossible_options_and_bottoms_are_refused() -> None:
    with pytest.raises(OptionError, match="rubbish is -1, must not be negative"):
        make("DistanceLoss", "distance_loss_param { rubbish: -1 }", bottoms=2)
    made = make("DistanceLoss", bottoms=2)
    with pytest.raises(ShapeError, match="bottom 1 holds 8 labels, must hold 4"):
        made.shapes((4, 3), (4, 2))
    with pytest.raises(DataError, match="a label is 3, must be from 0 to 2"):
        check_layer(made, numbers(1, 3), torch.tensor([3.0]))
