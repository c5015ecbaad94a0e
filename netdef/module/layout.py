"""How tensors lie in memory."""

from __future__ import annotations

import torch
from torch import Tensor

from netdef.layers.functions.interleaved import interleaved, takes

IMAGE_AXES = 4


def laid_out(tensor: Tensor, channels_last: bool, *, on_gpu: bool = False) -> Tensor:
    """Return images and kernels with their channels last, on a CPU where that is wanted; all else there as it is.

    On other devices they lie with their channels last where that is wanted ``on_gpu``, else with their columns last.
    """
    if tensor.dim() != IMAGE_AXES or torch._C._are_functorch_transforms_active():  # torch.vmap knows no layouts
        return tensor
    if tensor.device.type == "cpu":
        return _channels_last(tensor) if channels_last else tensor
    return tensor.contiguous(memory_format=torch.channels_last if on_gpu else torch.contiguous_format)


def _channels_last(tensor: Tensor) -> Tensor:
    laid = interleaved(tensor) if takes(tensor) else tensor.contiguous(memory_format=torch.channels_last)
    if laid.shape[1] != 1:
        return laid
    # A single channel lies anywhere, but torch takes what it computes of it for channels-last only by these strides.
    images, _, height, width = laid.shape
    return laid.reshape(images, height, width, 1).permute(0, 3, 1, 2)
