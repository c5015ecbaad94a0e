from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.graph.plan import Copy, Piece, Take
from netdef.layers.channels import Range
from netdef.module.transfer import Transfers
from netdef.module.values import Values
from tests.graph.texts import IMAGES, graph, value
from tests.nets import numbers

CPU = torch.device("cpu")
X = value(graph(IMAGES), "x")
LEFT, RIGHT = Piece(X, Range(1, 0, 4), "0"), Piece(X, Range(1, 4, 7), "1")
WHOLE = numbers(5, 7)


def values() -> Values:
    def elsewhere(piece: Piece) -> Tensor:
        pytest.fail(f"{piece} is asked for elsewhere")

    made = Values(elsewhere, Transfers())
    made[LEFT], made[RIGHT] = WHOLE[:, :4], WHOLE[:, 4:]
    return made


def test_a_whole_piece_is_read_as_it_is() -> None:
    left = WHOLE[:, :4]
    made = values()
    made[LEFT] = left
    assert made.read([Take(LEFT, LEFT.range)]) is left


def test_a_range_counts_from_the_beginning_of_the_blob() -> None:
    assert torch.equal(values().read([Take(RIGHT, Range(1, 5, 7))]), WHOLE[:, 5:])


def test_takes_are_put_one_behind_the_other() -> None:
    taken = values().read([Take(LEFT, Range(1, 2, 4)), Take(RIGHT, Range(1, 4, 6))])
    assert torch.equal(taken, WHOLE[:, 2:6])


def test_a_copy_of_a_range_is_read_by_its_own_places() -> None:
    made, there = values(), Piece(X, Range(1, 2, 4), "1")
    made.copy(Copy(Take(LEFT, there.range), there), CPU)
    assert torch.equal(made.read([Take(there, Range(1, 3, 4))]), WHOLE[:, 3:4])


def test_pieces_are_gathered_on_the_first_ones_device() -> None:
    assert torch.equal(values().gathered([LEFT, RIGHT]), WHOLE)
    assert values().gathered([RIGHT]).shape == (5, 3)


def test_what_is_dropped_is_forgotten_and_asked_for_elsewhere() -> None:
    def elsewhere(piece: Piece) -> Tensor:
        asked.append(piece)
        return torch.zeros(5, 4)

    asked: list[Piece] = []
    made = Values(elsewhere, Transfers())
    made[LEFT] = WHOLE[:, :4]
    made.drop([LEFT, RIGHT])
    made.read([Take(LEFT, LEFT.range)])
    assert asked == [LEFT]
