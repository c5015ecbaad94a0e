from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize(("top_k", "ignored"), [(1, None), (2, None), (3, 4), (1, 0)])
def test_accuracy_by_its_formula(top_k: int, ignored: int | None) -> None:
    scores, labels = numbers(6, 5, 3, 4), (torch.arange(72.0) * 7 % 5).view(6, 1, 3, 4)
    options = f"top_k: {top_k}" + ("" if ignored is None else f" ignore_label: {ignored}")
    made = make("Accuracy", f"accuracy_param {{ {options} }}", bottoms=2, tops=2)
    (share, shares), _ = check_layer(made, scores, labels, differentiable=False)
    right, counted = np.zeros(5), np.zeros(5)
    for n, h, w in np.ndindex(6, 3, 4):
        label = int(labels[n, 0, h, w])
        if label != ignored:
            others = [scores[n, c, h, w] >= scores[n, label, h, w] for c in range(5) if c != label]
            right[label] += sum(others) < top_k
            counted[label] += 1
    assert float(share) == pytest.approx(right.sum() / counted.sum())
    np.testing.assert_allclose(shares, right / np.maximum(counted, 1))


def test_a_tie_counts_against_the_right_class() -> None:
    scores, labels = torch.tensor([[1.0, 1, 0], [0, 2, 1]]), torch.tensor([0.0, 1])
    assert float(run(make("Accuracy", bottoms=2), scores, labels)[0]) == 0.5


def test_where_nothing_counts_the_accuracy_is_zero() -> None:
    made = make("Accuracy", "accuracy_param { ignore_label: 1 }", bottoms=2, tops=2)
    share, shares = run(made, numbers(2, 3), torch.tensor([1.0, 1]))
    assert float(share) == 0
    assert shares.tolist() == [0, 0, 0]


def test_counting_has_no_gradient() -> None:
    made = make("Accuracy", bottoms=2)
    assert not made.takes_gradient(0)
    assert not made.takes_gradient(1)


def test_unknown_lengths_are_carried() -> None:
    assert make("Accuracy", bottoms=2, tops=2).shapes((None, 10), (None,)) == ((), (10,))
    assert make("Accuracy", bottoms=2, tops=2).shapes((4, None), (4,)) == ((), (None,))


def test_impossible_ranks_are_refused() -> None:
    with pytest.raises(OptionError, match="top_k is 0, must be at least 1"):
        make("Accuracy", "accuracy_param { top_k: 0 }", bottoms=2)
    with pytest.raises(ShapeError, match="top_k is 5, must be at most 3, the classes of bottom 0, 2×3"):
        make("Accuracy", "accuracy_param { top_k: 5 }", bottoms=2).shapes((2, 3), (2,))


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom 1 holds 3 labels, must hold 2"):
        make("Accuracy", bottoms=2).shapes((2, 3), (3,))
