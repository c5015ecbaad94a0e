from __future__ import annotations

import torch
from torch import nn

from netdef.layers.channels import Range
from netdef.module.pieces import Pieces, narrowed
from tests.nets import numbers

HALVES = (Range(0, 0, 2), Range(0, 2, 5))


def halves(of: torch.Tensor) -> Pieces:
    return Pieces(tuple(nn.Parameter(narrowed(of, own).clone()) for own in HALVES), HALVES)


def test_ranges_that_follow_each_other_are_the_whole() -> None:
    all_of_it = numbers(5, 3)
    pieces = halves(all_of_it)
    assert pieces.shape == (5, 3)
    assert torch.equal(pieces.whole(), all_of_it)
    assert not pieces.whole().requires_grad


def test_ranges_of_another_axis_too() -> None:
    ranges = (Range(1, 0, 1), Range(1, 1, 4))
    pieces = Pieces(tuple(narrowed(numbers(3, 4, 2), own) for own in ranges), ranges)
    assert pieces.shape == (3, 4, 2)
    assert torch.equal(pieces.whole(), numbers(3, 4, 2))


def test_of_copies_the_first_is_the_whole() -> None:
    pieces = Pieces((numbers(2, 3), numbers(2, 3, seed=1)), (None, None))
    assert pieces.shape == (2, 3)
    assert torch.equal(pieces.whole(), numbers(2, 3))


def test_a_single_tensor_is_given_itself() -> None:
    only = nn.Parameter(numbers(4))
    assert Pieces((only,), (None,)).single() is only
    assert halves(numbers(5, 3)).single().shape == (5, 3)


def test_a_piece_without_a_gradient_has_zeros_where_another_has_one() -> None:
    assert halves(numbers(5, 3)).gradient is None
    pieces = halves(numbers(5, 3))
    pieces.tensors[1].grad = numbers(3, 3, seed=2)
    gradient = pieces.gradient
    assert gradient is not None
    assert torch.equal(gradient, torch.cat([torch.zeros(2, 3), numbers(3, 3, seed=2)]))


def test_filling_reaches_every_piece_and_every_copy() -> None:
    pieces, copies = halves(torch.zeros(5, 3)), Pieces((torch.zeros(2, 3), torch.zeros(2, 3)), (None, None))
    pieces.fill(numbers(5, 3, dtype=torch.float64))
    copies.fill(numbers(2, 3))
    assert torch.equal(pieces.whole(), numbers(5, 3))
    assert torch.equal(copies.tensors[0], copies.tensors[1])


def test_other_tensors_lie_as_these_do() -> None:
    histories = [torch.zeros(2, 3), torch.ones(3, 3)]
    assert halves(numbers(5, 3)).like(histories).whole()[:, 0].tolist() == [0, 0, 1, 1, 1]


def test_a_range_is_counted_from_the_beginning_of_the_whole() -> None:
    assert narrowed(torch.arange(10, 16), Range(0, 12, 14), start=10).tolist() == [12, 13]
    assert narrowed(torch.arange(3), None).tolist() == [0, 1, 2]
