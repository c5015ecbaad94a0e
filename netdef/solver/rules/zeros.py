"""Zeros for many parameters at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor


def none_missing(gradients: Sequence[Tensor | None], parameters: Sequence[Tensor]) -> list[Tensor]:
    """Return a gradient for each parameter: zeros where there is none."""
    present = [gradient for gradient in gradients if gradient is not None]
    if len(present) == len(parameters):
        return present
    pairs = list(zip(gradients, parameters, strict=True))
    zeros = iter(zeros_like([parameter for gradient, parameter in pairs if gradient is None]))
    return [next(zeros) if gradient is None else gradient for gradient, _ in pairs]


def zeros_like(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Return zeros for each tensor, laid out as it is: those of one device and type are filled together.

    A net of BatchNorm layers has hundreds of statistics, and a GPU would be told of each.
    """
    by_kind: defaultdict[tuple[torch.device, torch.dtype], list[int]] = defaultdict(list)
    for index, tensor in enumerate(tensors):
        by_kind[tensor.device, tensor.dtype].append(index)
    made: dict[int, Tensor] = {}
    for (device, dtype), indexes in by_kind.items():
        extents = [_extent(tensors[index]) for index in indexes]
        room = torch.zeros(sum(extents), device=device, dtype=dtype)
        for index, start in zip(indexes, accumulate(extents[:-1], initial=0), strict=True):
            made[index] = room.as_strided(tensors[index].shape, tensors[index].stride(), start)
    return [made[index] for index in range(len(tensors))]


def _extent(tensor: Tensor) -> int:
    """Return over how many numbers a tensor reaches, whatever its strides."""
    if not tensor.numel():
        return 0
    return 1 + sum((length - 1) * stride for length, stride in zip(tensor.shape, tensor.stride(), strict=True))
