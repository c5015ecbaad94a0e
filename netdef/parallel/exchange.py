"""Rows and channels of blobs that workers give one another, where layers are split over them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist
from torch.autograd import Function

from netdef.graph.plan import Turn
from netdef.layers.channels import CHANNELS
from netdef.solver.workers import Workers


class GroupExchanger:
    """Exchanges over a process group of its own, beside that of the gradients.

    ``received`` counts the bytes that have come from other workers in passes, forward and backward; parts of parameters
    and histories, which are put together for tests and snapshots, are not among them.
    Blobs of all records have their rows in the order of the workers.
    """

    def __init__(self, workers: Workers) -> None:
        self.rank = workers.rank
        self.count = workers.count
        self.received = 0
        self.group = dist.new_group()

    def exchange(self, turn: Turn, tensor: Tensor) -> Tensor:
        """Give and get rows or channels of a blob; gradients of all records are of the mean of the losses."""
        result: Tensor = _EXCHANGES[turn].apply(tensor, self)  # type: ignore[no-untyped-call]
        return result

    def all_rows(self, rows: Tensor) -> Tensor:
        """Return the ordinals of all workers' records, in the order of their rows."""
        return self.of_pass(self.gathered(rows.contiguous())).flatten(0, 1)

    def gathered(self, own: Tensor) -> Tensor:
        """Return what all workers have, one behind the other on a new first axis."""
        found = own.new_empty((self.count * own.shape[0], *own.shape[1:]))
        dist.all_gather_into_tensor(found, own, group=self.group)
        return found.view(self.count, *own.shape)

    def swapped(self, parts: Tensor) -> Tensor:
        """Give part r of the first axis to worker r, and return what comes from each."""
        found = torch.empty_like(parts)
        dist.all_to_all_single(found, parts, group=self.group)
        return found

    def of_pass(self, found: Tensor) -> Tensor:
        """Return what all workers have given to equal parts in a pass, having counted what the others have."""
        self.received += found.numel() * found.element_size() * (self.count - 1) // self.count
        return found


class _AllRows(Function):
    """Own rows become all rows; back comes, for the own rows, the sum of what all workers make of them."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, exchanger: GroupExchanger) -> Tensor:
        ctx.exchanger = exchanger
        return exchanger.of_pass(exchanger.gathered(x.contiguous())).flatten(0, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        exchanger: GroupExchanger = ctx.exchanger
        parts = _rows(gradients[0], exchanger.count)
        return exchanger.of_pass(exchanger.swapped(parts)).sum(0) * exchanger.count, None


class _AllChannels(Function):
    """Own channels of all rows become all channels; back comes the sum of what all workers make of the own ones."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, exchanger: GroupExchanger) -> Tensor:
        ctx.exchanger = exchanger
        return _side_by_side(exchanger.of_pass(exchanger.gathered(x.contiguous())))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        exchanger: GroupExchanger = ctx.exchanger
        parts = _ranges(gradients[0], exchanger.count)
        return exchanger.of_pass(exchanger.swapped(parts)).sum(0), None


class _Back(Function):
    """Own channels of all rows become all channels of own rows."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, exchanger: GroupExchanger) -> Tensor:
        ctx.exchanger = exchanger
        return _side_by_side(exchanger.of_pass(exchanger.swapped(_rows(x, exchanger.count))))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        exchanger: GroupExchanger = ctx.exchanger
        parts = _ranges(gradients[0], exchanger.count)
        return exchanger.of_pass(exchanger.swapped(parts)).flatten(0, 1) / exchanger.count, None


_EXCHANGES: dict[Turn, type[Function]] = {Turn.ROWS: _AllRows, Turn.CHANNELS: _AllChannels, Turn.BACK: _Back}


def _side_by_side(parts: Tensor) -> Tensor:
    """Join what is stacked on a first axis along the channels."""
    return torch.cat(parts.unbind(), CHANNELS)


def _rows(x: Tensor, count: int) -> Tensor:
    """Cut the rows into equal parts, stacked on a new first axis."""
    return x.contiguous().view(count, -1, *x.shape[1:])


def _ranges(x: Tensor, count: int) -> Tensor:
    """Cut the channels into equal ranges, stacked on a new first axis."""
    return torch.stack(x.chunk(count, CHANNELS))
