"""What workers exchange, and the gradients of it, beside one process that has everything. The workers are threads."""

from __future__ import annotations

from collections.abc import Callable
from threading import local

import pytest
import torch
from torch import Tensor

from netdef.graph.plan import Turn
from netdef.parallel import exchange
from netdef.parallel.exchange import GroupExchanger
from netdef.solver.workers import Workers
from tests.nets import numbers
from tests.parallel.threads import in_threads

ROWS, WIDTH, HEIGHT = 2, 12, 5  # own rows, channels of which each worker has a part, and what each channel is long
this_thread = local()


class Meeting:
    """The calls of torch.distributed that an exchange makes, between threads."""

    def new_group(self) -> None: ...

    def all_gather_into_tensor(self, found: Tensor, own: Tensor, group: None) -> None:
        found.copy_(torch.cat(worker().gather(own)))

    def all_to_all_single(self, found: Tensor, parts: Tensor, group: None) -> None:
        rank = worker().rank
        found.copy_(torch.stack([given[rank] for given in worker().gather(parts)]))


def worker() -> Workers:
    found: Workers = this_thread.worker
    return found


@pytest.fixture(autouse=True)
def between_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "dist", Meeting())


def together(count: int, work: Callable[[GroupExchanger], Tensor]) -> list[Tensor]:
    """Do the work of several workers that exchange, and return what each has made."""

    def of_one(own: Workers) -> Tensor:
        this_thread.worker = own
        return work(GroupExchanger(own))

    return in_threads(count, of_one)


def own_rows(whole: Tensor, rank: int) -> Tensor:
    return whole[rank * ROWS : (rank + 1) * ROWS]


def own_channels(whole: Tensor, rank: int, count: int) -> Tensor:
    return whole.chunk(count, 1)[rank]


def whole_blob(count: int, seed: int = 0) -> Tensor:
    return numbers(count * ROWS, WIDTH, HEIGHT, seed=seed, dtype=torch.float64)


Cut = Callable[[Tensor, int, int], Tensor]
BEFORE: dict[Turn, Cut] = {
    Turn.ROWS: lambda whole, rank, count: own_rows(whole, rank),
    Turn.CHANNELS: own_channels,
    Turn.BACK: own_channels,
}
AFTER: dict[Turn, Cut] = {
    Turn.ROWS: lambda whole, rank, count: whole,
    Turn.CHANNELS: lambda whole, rank, count: whole,
    Turn.BACK: lambda whole, rank, count: own_rows(whole, rank),
}


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("turn", Turn)
def test_what_is_made(turn: Turn, count: int) -> None:
    whole = whole_blob(count)
    made = together(count, lambda ours: ours.exchange(turn, BEFORE[turn](whole, ours.rank, count)))
    for rank, tensor in enumerate(made):
        assert torch.equal(tensor, AFTER[turn](whole, rank, count))


@pytest.mark.parametrize("count", [2, 3])
def test_a_gradient_of_own_rows_is_of_the_own_loss(count: int) -> None:
    """Own rows that all workers read: the mean of their losses, times their number, is what own rows do to the own one.

    The loss of all records is the mean of the workers' losses, of which worker r's is of its rows alone.
    """
    whole, weights = whole_blob(count), [whole_blob(count, seed) for seed in range(1, count + 1)]

    def gradient(ours: GroupExchanger) -> Tensor:
        own = own_rows(whole, ours.rank).clone().requires_grad_()
        (found,) = torch.autograd.grad((ours.exchange(Turn.ROWS, own) * weights[ours.rank]).sum(), [own])
        return found

    expected = sum(weights[1:], weights[0]) * count
    for rank, found in enumerate(together(count, gradient)):
        torch.testing.assert_close(found, own_rows(expected, rank))


@pytest.mark.parametrize("count", [2, 3])
def test_channels_get_what_all_workers_make_of_them(count: int) -> None:
    whole, weights = whole_blob(count), [whole_blob(count, seed) for seed in range(1, count + 1)]

    def gradient(ours: GroupExchanger) -> Tensor:
        own = own_channels(whole, ours.rank, count).clone().requires_grad_()
        (found,) = torch.autograd.grad((ours.exchange(Turn.CHANNELS, own) * weights[ours.rank]).sum(), [own])
        return found

    for rank, found in enumerate(together(count, gradient)):
        torch.testing.assert_close(found, own_channels(sum(weights[1:], weights[0]), rank, count))


@pytest.mark.parametrize("count", [2, 3])
def test_what_comes_back_gets_the_gradient_of_the_mean_loss(count: int) -> None:
    whole, weight = whole_blob(count), whole_blob(count, seed=1)

    def gradient(ours: GroupExchanger) -> Tensor:
        own = own_channels(whole, ours.rank, count).clone().requires_grad_()
        (found,) = torch.autograd.grad((ours.exchange(Turn.BACK, own) * own_rows(weight, ours.rank)).sum(), [own])
        return found

    for rank, found in enumerate(together(count, gradient)):
        torch.testing.assert_close(found, own_channels(weight, rank, count) / count)


@pytest.mark.parametrize("count", [2, 3])
def test_two_split_products_learn_as_whole_ones_of_all_records(count: int) -> None:
    """Rows, channels and back in a row: the gradients of parts of two matrices, and of the records."""
    records = numbers(count * ROWS, 7, dtype=torch.float64)
    first, second = numbers(WIDTH, 7, seed=1, dtype=torch.float64), numbers(6, WIDTH, seed=2, dtype=torch.float64)

    def parts(ours: GroupExchanger) -> Tensor:
        x = own_rows(records, ours.rank).clone().requires_grad_()
        one, two = (m.chunk(count)[ours.rank].clone().requires_grad_() for m in (first, second))
        h = ours.exchange(Turn.CHANNELS, (ours.exchange(Turn.ROWS, x) @ one.t()).tanh())
        y = ours.exchange(Turn.BACK, h @ two.t())
        found = torch.autograd.grad((y**3).sum(1).mean(), [x, one, two])
        return torch.cat([found[0].flatten() / count, found[1].flatten(), found[2].flatten()])

    x, one, two = (tensor.clone().requires_grad_() for tensor in (records, first, second))
    loss = (((x @ one.t()).tanh() @ two.t()) ** 3).sum(1).mean()
    wholes = [gradient.chunk(count) for gradient in torch.autograd.grad(loss, [x, one, two])]
    for rank, found in enumerate(together(count, parts)):
        torch.testing.assert_close(found, torch.cat([each[rank].flatten() for each in wholes]))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("turn", Turn)
def test_bytes_from_others_are_counted_there_and_back(turn: Turn, count: int) -> None:
    whole = whole_blob(count)

    def counted(ours: GroupExchanger) -> Tensor:
        own = BEFORE[turn](whole, ours.rank, count).clone().requires_grad_()
        made = ours.exchange(turn, own)
        there = ours.received
        torch.autograd.grad(made.sum(), [own])
        return torch.tensor([there, ours.received - there])

    others = 8 * ROWS * WIDTH * HEIGHT * (count - 1) // (count if turn is Turn.BACK else 1)
    assert [found.tolist() for found in together(count, counted)] == [[others, others]] * count


def test_numbers_of_records_are_counted_and_parameters_are_not() -> None:
    def counted(ours: GroupExchanger) -> Tensor:
        rows = ours.all_rows(torch.tensor([ours.rank, ours.rank + 2]))
        ours.gathered(torch.ones(ROWS, WIDTH))
        return torch.cat([rows, torch.tensor([ours.received])])

    assert [found.tolist() for found in together(2, counted)] == [[0, 2, 1, 3, 16]] * 2
