from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.graph.place_over_workers import place_over_workers
from netdef.graph.plan import Turn
from netdef.module.holdings import Holdings
from netdef.module.pieces import Pieces
from netdef.net import Net
from tests.graph.texts import IMAGES, LABELS, graph, layer
from tests.nets import LOSS, net, random_product

BOTH = 'device: "0" device: "1"'
TWO = (IMAGES, LABELS, random_product("x", "h", 6, BOTH), random_product("h", "y", 4, 'device: "0"'), LOSS)
GROUP = 'layer_group { name: "split" over_workers: true }'


class Alone:
    """The second of two workers, of which only what it holds is looked at."""

    rank, count = 1, 2

    def exchange(self, turn: Turn, tensor: Tensor) -> Tensor:
        return tensor

    def all_rows(self, rows: Tensor) -> Tensor:
        return rows


def parted() -> Net:
    return net(*TWO, devices=["cpu:0", "cpu:1"])


def test_parameters_lie_in_pieces_in_the_solvers_order() -> None:
    holdings = parted().holdings
    assert [
        (parameter.owner, parameter.index, [list(t.shape) for t in own.tensors])
        for parameter, own in holdings.pieces().items()
    ] == [
        ("h", 0, [[3, 3], [3, 3]]),
        ("h", 1, [[3], [3]]),
        ("y", 0, [[4, 6]]),
        ("y", 1, [[4]]),
    ]
    assert [parameter.owner for parameter, _ in holdings.stored()] == ["h"] * 4 + ["y"] * 2


def test_histories_are_put_together_by_parameter_once_for_each_kind() -> None:
    holdings = parted().holdings
    tensors = [tensor.detach() for _, tensor in holdings.stored()]
    joined = holdings.joined([*tensors, *(2 * tensor for tensor in tensors)])
    assert [tuple(pieces.shape) for pieces in joined] == [(6, 3), (6,), (4, 6), (4,)] * 2
    assert torch.equal(joined[4].whole(), 2 * joined[0].whole())
    assert holdings.joined([]) == []


def test_other_tensors_take_their_place_for_a_while() -> None:
    holdings = parted().holdings
    parameter, own = next(iter(holdings.pieces().items()))
    other = Pieces((torch.zeros(6, 3),), (None,))
    with holdings.having({parameter: other}):
        assert holdings.pieces()[parameter] is other
        assert len(holdings.stored()) == 5
    assert holdings.pieces()[parameter].tensors == own.tensors


def test_they_go_when_something_fails_meanwhile() -> None:
    holdings = parted().holdings
    parameter = next(iter(holdings.pieces()))
    with pytest.raises(ZeroDivisionError), holdings.having({parameter: Pieces((torch.zeros(1),), (None,))}):
        raise ZeroDivisionError
    assert holdings.pieces()[parameter].shape == (6, 3)


def test_statistics_that_moving_a_module_replaces_are_asked_of_it() -> None:
    made = net(IMAGES, LABELS, layer("BatchNorm", "x", "n"), random_product("n", "y"), LOSS)
    made.to(torch.float64)
    assert {tensor.dtype for _, tensor in made.holdings.stored()} == {torch.float64}


def test_what_no_module_holds_is_lent() -> None:
    plan = place_over_workers(graph(GROUP, *TWO), 0, 2)
    tensors = {piece: torch.ones(2) for pieces in plan.held.values() for piece in pieces}
    holdings = Holdings(plan.held, [], tensors)
    assert [tensor.sum() for _, tensor in holdings.stored()] == [2] * 4


def test_a_worker_holds_its_part_of_what_one_process_has() -> None:
    texts = (GROUP, IMAGES, LABELS, random_product("x", "h", 6, 'in_group: "split"'), random_product("h", "y"), LOSS)
    whole, part = net(*texts, seed=3), net(*texts, seed=3, exchanger=Alone())
    (weights, _, *above), (own, _, *own_above) = (made.holdings.stored() for made in (whole, part))
    assert torch.equal(own[1], weights[1][3:])
    assert part.holds_part_of(own[0])
    assert all(torch.equal(mine[1], its[1]) for mine, its in zip(own_above, above, strict=True))
    assert not any(part.holds_part_of(parameter) for parameter, _ in own_above)
    assert not whole.holds_part_of(weights[0])
