"""Tensors of which each worker holds a part."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor, distribute_tensor


def part_of(tensor: Tensor) -> Tensor:
    """Return what this worker holds of a tensor: the tensor's own memory."""
    return tensor.detach().to_local() if isinstance(tensor, DTensor) else tensor  # type: ignore[attr-defined]


def whole_of(part: Tensor, cut: Tensor) -> Tensor:
    """Return in the host's memory what the workers' parts are together, if they are parts as those of ``cut`` are.

    All workers must call it at the same time. A part of what is not cut is the whole.
    """
    if not isinstance(cut, DTensor):
        return part
    shape, stride = cut.shape, cut.stride()
    whole = DTensor.from_local(part, cut.device_mesh, cut.placements, run_check=False, shape=shape, stride=stride)
    return whole.full_tensor().to("cpu", copy=True)  # of one worker it is the part itself


@torch.no_grad()
def fill(part: Tensor, cut: Tensor, whole: Tensor) -> None:
    """Write this worker's part of ``whole``, which all workers have."""
    if isinstance(cut, DTensor):
        whole = part_of(distribute_tensor(whole.to(part.device), cut.device_mesh, cut.placements, src_data_rank=None))
    if part is not whole:
        part.copy_(whole)
