from __future__ import annotations

import pytest
import torch

from netdef.errors import OptionError, ShapeError, WiringError
from netdef.layers.loss import Loss, check_same_batch, quotient
from tests.layers.contract import context, make, numbers


def test_a_loss_counts_and_only_its_first_bottom_learns() -> None:
    made = make("SoftmaxWithLoss", bottoms=2)
    assert [made.default_loss_weight(top) for top in (0, 1)] == [1, 0]
    assert [made.takes_gradient(bottom) for bottom in (0, 1)] == [True, False]


def test_two_halves_of_a_batch_add_up_to_the_whole() -> None:
    made = make("SoftmaxWithLoss", "loss_param { ignore_label: 1 }", bottoms=2)
    assert isinstance(made, Loss)
    scores, labels = numbers(6, 3), torch.tensor([0.0, 1, 1, 1, 1, 2])
    parts = [made.terms(context(made), scores[rows], labels[rows]) for rows in (slice(0, 2), slice(2, 4), slice(4, 6))]
    total, normalizer = (sum(parts_of) for parts_of in zip(*parts, strict=True))
    assert isinstance(total, torch.Tensor)
    (whole,) = made.forward(context(made), (), scores, labels)
    torch.testing.assert_close(quotient(total, normalizer), whole)


def test_a_batch_in_which_nothing_counts_is_divided_by_one() -> None:
    assert float(quotient(torch.tensor(3.0), torch.tensor(0))) == 3
    assert float(quotient(torch.tensor(3.0), 0.5)) == 3
    assert float(quotient(torch.tensor(3.0), 2.0)) == 1.5


def test_batches_of_different_lengths_are_refused() -> None:
    check_same_batch((None, 3), (2,))
    with pytest.raises(ShapeError, match="bottoms have 2 and 3 items, must have the same number") as caught:
        check_same_batch((2, 3), (3, 2))
    assert caught.value.evidence == ("bottom 0 is 2×3, bottom 1 is 3×2",)
    with pytest.raises(ShapeError, match="a bottom is a single number, must have a batch axis"):
        check_same_batch((), (3, 2))


def test_of_several_tops_it_must_be_said_which_is_the_loss() -> None:
    make("InfogainLoss", "loss_weight: 0 loss_weight: 2", bottoms=3, tops=2)
    with pytest.raises(WiringError, match="has 2 tops and no loss_weight, must give one for each top") as caught:
        make("InfogainLoss", bottoms=3, tops=2)
    assert caught.value.path == ("top", 1)


@pytest.mark.parametrize("kind", ["EuclideanLoss", "SigmoidCrossEntropyLoss"])
def test_a_loss_that_smooths_no_labels_does_not_ignore_that_it_should(kind: str) -> None:
    with pytest.raises(OptionError, match="has label_smoothing") as caught:
        make(kind, "loss_param { label_smoothing: 0.1 }", bottoms=2)
    assert caught.value.hint == "SoftmaxWithLoss smooths labels; leave it out here"
