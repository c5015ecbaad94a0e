from __future__ import annotations

import pytest
import torch

from netdef.errors import DataError, ShapeError
from netdef.layers.labels import check_label_count, class_numbers


def test_labels_stand_under_the_axes_of_the_scores() -> None:
    labels = torch.arange(12.0).view(2, 1, 3, 2) % 4
    numbers, kept = class_numbers(labels, torch.zeros(2, 4, 3, 2), axis=1)
    assert numbers.shape == (2, 1, 3, 2)
    assert numbers.dtype == torch.int64
    assert numbers.flatten().tolist() == labels.flatten().tolist()
    assert kept is None


def test_ignored_labels_index_nothing_wrong() -> None:
    numbers, kept = class_numbers(torch.tensor([2.0, 255, 0, 255]), torch.zeros(4, 3), axis=1, ignored=255)
    assert numbers.flatten().tolist() == [2, 0, 0, 0]
    assert kept is not None
    assert kept.flatten().tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("label", "words"), [(3.0, "a label is 3, must be from 0 to 2"), (-1.0, "a label is -1, must be")]
)
def test_labels_that_are_no_class_are_refused(label: float, words: str) -> None:
    with pytest.raises(DataError, match=words):
        class_numbers(torch.tensor([0.0, label]), torch.zeros(2, 3), axis=1)


def test_an_empty_batch_has_no_wrong_label() -> None:
    numbers, _ = class_numbers(torch.zeros(0), torch.zeros(0, 3), axis=1)
    assert numbers.shape == (0, 1)


def test_labels_must_be_one_for_each_place() -> None:
    check_label_count((2, 5, 3, 4), (2, 1, 3, 4), axis=1)
    check_label_count((None, 5), (7, 2), axis=1)
    with pytest.raises(ShapeError, match="bottom 1 holds 2 labels, must hold 24") as caught:
        check_label_count((2, 5, 3, 4), (2,), axis=1)
    assert caught.value.evidence == ("bottom 0 is 2×5×3×4, its classes lie along axis 1; bottom 1 is 2",)
