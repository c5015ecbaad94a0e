"""Tensors of numbers that a layer knows, made once on a GPU: copies from the host wait, and cannot be recorded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

KEPT = 256


def constant(values: tuple[Any, ...], like: Tensor) -> Tensor:
    """Return a tensor of numbers, or of tuples of them, of the device and type of another one; not to be changed."""
    return _made(values, like.device, like.dtype) if is_kept(like) else like.new_tensor(values)


def is_kept(like: Tensor) -> bool:
    """Tell whether constants are made once on the device of a tensor: tensors on GPUs, and no stand-ins for such."""
    return like.device.type == "cuda" and not torch.compiler.is_compiling()


@lru_cache(KEPT)
def _made(values: tuple[Any, ...], device: torch.device, dtype: torch.dtype) -> Tensor:
    with torch.inference_mode(False):  # one made for no gradients could never be used for them
        return torch.tensor(values, device=device, dtype=dtype)
