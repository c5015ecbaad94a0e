from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.inspect.mistakes import MOST, Mistakes, is_picture


def chances(*confidence: float) -> torch.Tensor:
    """Records that are all taken for class 1 of 2."""
    sure = torch.tensor(confidence)
    return torch.stack((1 - sure, sure), 1)


def test_the_surest_are_kept_whatever_batch_they_come_in() -> None:
    mistakes = Mistakes()
    for first in (100, 112):
        sure = torch.linspace(0.6, 0.9, 12) + (0.01 if first == 112 else 0)
        labels = torch.zeros(12, dtype=torch.int64)
        labels[11] = 1  # right, though it is the surest
        mistakes.add(np.arange(first, first + 12), chances(*sure.tolist()), labels, torch.zeros(12, 3))
    found = mistakes.surest
    assert len(found) == MOST
    assert [mistake.record for mistake in found[:4]] == [122, 110, 121, 109]
    assert found[0].confidence == pytest.approx(0.6 + 0.3 * 10 / 11 + 0.01)
    assert {(mistake.label, mistake.said) for mistake in found} == {(0, 1)}


def test_pictures_are_kept_and_drawn_other_blobs_not() -> None:
    rows, pictures = Mistakes(), Mistakes()
    images = torch.arange(2.0)[:, None, None, None].expand(2, 3, 4, 5)
    labels = torch.tensor([0, 0])
    rows.add(np.arange(2), chances(0.6, 0.7), labels, torch.zeros(2, 3))
    pictures.add(np.arange(2), chances(0.6, 0.7), labels, images)
    assert rows.predictions() is None
    found = pictures.predictions()
    assert found is not None
    assert found.images.shape == (2, 3, 4, 5)
    assert found.images[:, 0, 0, 0].tolist() == [1, 0]
    assert (found.labels.tolist(), found.classes.tolist()) == ([0, 0], [1, 1])
    assert found.confidence.tolist() == pytest.approx([0.7, 0.6])
    assert Mistakes().predictions() is None


@pytest.mark.parametrize(
    ("shape", "picture"),
    [((2, 1, 4, 5), True), ((2, 3, 4, 5), True), ((2, 4, 4, 5), False), ((2, 3, 4), False), ((2,), False)],
)
def test_what_is_a_picture(shape: tuple[int, ...], picture: bool) -> None:
    assert is_picture(torch.zeros(shape)) == picture
