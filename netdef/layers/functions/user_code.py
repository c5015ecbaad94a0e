"""The code of a Python layer as a function of autograd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from netdef.blob import Blob

if TYPE_CHECKING:
    from netdef.layers.python import Python

Home = tuple[torch.device | None, torch.dtype | None]


class UserCode(torch.autograd.Function):
    """Tops from bottoms and parameters by ``reshape`` and ``forward`` of the user's class; gradients by ``backward``.

    The class works on the layer's own blobs, on the host; tensors are copied there and back.
    """

    @staticmethod
    def forward(ctx: Any, layer: Python, home: Home, bottoms: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run forward; ``tensors`` are the bottoms, then the parameters; the tops go ``home``."""
        _fill([*layer.bottom_blobs, *layer.user.blobs], tensors)
        layer.take_shapes([tuple(tensor.shape) for tensor in tensors[:bottoms]])
        layer.call(layer.user.forward, layer.bottom_blobs, layer.top_blobs)
        ctx.layer, ctx.bottoms = layer, bottoms
        ctx.save_for_backward(*tensors)
        device, dtype = home
        return tuple(top.values("cpu").to(device=device, dtype=dtype, copy=True) for top in layer.top_blobs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Run backward; the gradients of parameters begin at zero."""
        layer, tensors, bottoms = ctx.layer, ctx.saved_tensors, ctx.bottoms
        needed = ctx.needs_input_grad[3:]
        blobs = [*layer.bottom_blobs, *layer.user.blobs]
        _fill(blobs, tensors)
        for blob in blobs:
            blob.diff[...] = 0
        for top, gradient in zip(layer.top_blobs, gradients, strict=True):
            top.gradients("cpu").copy_(gradient)
        layer.call(layer.user.backward, layer.top_blobs, list(needed[:bottoms]), layer.bottom_blobs)
        found = (blob.gradients("cpu").to(tensor, copy=True) for blob, tensor in zip(blobs, tensors, strict=True))
        return (None, None, None, *(each if need else None for each, need in zip(found, needed, strict=True)))


def _fill(blobs: list[Blob], tensors: tuple[Tensor, ...]) -> None:
    for blob, tensor in zip(blobs, tensors, strict=True):
        blob.reshape(*tensor.shape)
        blob.values("cpu").copy_(tensor)
