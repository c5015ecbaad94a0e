from __future__ import annotations

import pytest
import torch

from netdef.inspect.tally import Tally


def test_batches_add_up_to_the_whole() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(50, 7, generator=generator)
    labels = torch.randint(7, (50,), generator=generator)
    parts, whole = Tally(7), Tally(7)
    whole.add(scores, labels)
    for rows in (slice(0, 30), slice(30, 50)):
        parts.add(scores[rows], labels[rows])
    order = scores.argsort(1, descending=True)
    best = {rank: sum(int(label in row[:rank]) for row, label in zip(order, labels, strict=True)) for rank in (1, 5)}
    for tally in (parts, whole):
        assert tally.places == 50
        assert tally.accuracy == {rank: count / 50 for rank, count in best.items()}
        assert sum(right for right, _ in tally.by_class) == best[1]
        assert [count for _, count in tally.by_class] == torch.bincount(labels, minlength=7).tolist()
        for label, said, times in tally.confusions:
            assert times == int(((labels == label) & (order[:, 0] == said)).sum())
        assert sum(confusion.times for confusion in tally.confusions) == 50


def test_a_tie_counts_against_the_right_class() -> None:
    tally = Tally(6)
    tally.add(torch.tensor([[2.0, 2, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]]), torch.tensor([0, 3]))
    assert tally.accuracy == {1: 0, 5: 0.5}


def test_fewer_than_five_classes_have_no_top_5() -> None:
    tally = Tally(4)
    tally.add(torch.eye(4), torch.tensor([0, 1, 2, 0]))
    assert tally.accuracy == {1: 0.75}
    assert tally.by_class == [(1, 2), (1, 1), (1, 1), (0, 0)]


def test_nothing_counted_yet() -> None:
    tally = Tally(5)
    assert (tally.places, tally.accuracy, tally.confusions) == (0, {1: 0, 5: 0}, [])


@pytest.mark.parametrize("classes", [3, 70_000])
def test_many_classes_take_no_square_of_memory(classes: int) -> None:
    tally = Tally(classes)
    tally.add(torch.zeros(1, classes).index_fill_(1, torch.tensor([classes - 1]), 1), torch.tensor([1]))
    assert [tuple(confusion) for confusion in tally.confusions] == [(1, classes - 1, 1)]
