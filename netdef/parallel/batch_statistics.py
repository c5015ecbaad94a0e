"""BatchNorm over the records of all workers."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist
from torch.autograd.function import once_differentiable

from netdef.layers.batch_norm import BatchNorm
from netdef.net import Net
from netdef.solver.workers import Workers


def join_statistics(net: Net, workers: Workers) -> None:
    """Have the BatchNorm layers of a train net normalize by what the workers' batches are together."""
    for module in net.steps:
        if isinstance(module.step.layer, BatchNorm):
            module.step.layer.moments = partial(joint_moments, workers)


def joint_moments(workers: Workers, x: Tensor) -> tuple[Tensor, Tensor, int]:
    """Return mean, biased variance and number of values of each channel over all workers' N×C×….

    With m_r values in worker r, M in all:
    mean = Σ m_r·mean_r / M; variance = Σ m_r·(variance_r + (mean_r - mean)²) / M.
    Gradients go through to all workers' bottoms.
    """
    axes = [axis for axis in range(x.dim()) if axis != 1]
    spread = x.numel() // x.shape[1]
    own = torch.cat([x.mean(axes), x.var(axes, correction=0), x.new_full((1,), spread)])
    table = torch.stack([own if rank == workers.rank else torch.zeros_like(own) for rank in range(workers.count)])
    table = _Total.apply(table)  # type: ignore[no-untyped-call]
    means, variances = table[:, :-1].view(workers.count, 2, -1).unbind(1)
    counts = table[:, -1:].detach()
    share = counts / counts.sum()
    mean = (share * means).sum(0)
    return mean, (share * (variances + (means - mean).square())).sum(0), int(counts.sum())


class _Total(torch.autograd.Function):
    """The sum of the workers' tensors; each worker's result hangs on every worker's tensor, so gradients add up too."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:
        total = own.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        dist.all_reduce(total)
        return total
