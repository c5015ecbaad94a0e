from __future__ import annotations

import math

import pytest
import torch

from netdef.errors import DataError, ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers, run

KIND = "MultinomialLogisticLoss"


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1, 1)])
def test_the_loss_by_its_formula(shape: tuple[int, ...]) -> None:
    probabilities, labels = numbers(3, 2, 2).softmax(1), torch.tensor([3.0, 0, 2]).view(shape)
    (loss,), _ = check_layer(make(KIND, bottoms=2), probabilities, labels)
    want = -sum(math.log(probabilities[n].flatten()[label]) for n, label in enumerate([3, 0, 2])) / 3
    assert float(loss) == pytest.approx(want)


def test_a_batch_of_one_axis_has_one_probability_an_item() -> None:
    (loss,), _ = check_layer(make(KIND, bottoms=2), torch.tensor([0.5, 0.25]).double(), torch.zeros(2))
    assert float(loss) == pytest.approx(math.log(2 * 4) / 2)


def test_a_probability_below_the_floor_counts_as_the_floor_and_teaches_as_it() -> None:
    made = make(KIND, bottoms=2)
    probabilities, labels = torch.tensor([[0.0, 0.75, 0.25], [0.5, 0.25, 0.25]]).double(), torch.tensor([0.0, 1])
    (loss,) = run(made, probabilities, labels)
    assert float(loss) == pytest.approx(-(math.log(1e-20) + math.log(0.25)) / 2)
    dx, _ = gradients(made, probabilities, labels)
    assert dx.tolist() == [[pytest.approx(-0.5e20), 0, 0], [0, -2, 0]]


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom 1 holds 6 labels, must hold 3"):
        make(KIND, bottoms=2).shapes((3, 2), (3, 2))
    with pytest.raises(DataError, match="a label is 2, must be from 0 to 1"):
        run(make(KIND, bottoms=2), numbers(1, 2), torch.tensor([2.0]))
