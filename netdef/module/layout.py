"""How tensors lie in memory."""

from __future__ import annotations

import torch
from torch import Tensor

IMAGE_AXES = 4


def laid_out(tensor: Tensor, channels_last: bool) -> Tensor:
    """Return images and kernels on a CPU with their channels last, where that is wanted; all else as it is."""
    if channels_last and tensor.device.type == "cpu" and tensor.dim() == IMAGE_AXES:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor
