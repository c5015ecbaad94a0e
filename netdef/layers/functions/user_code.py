"""The code of a Python layer as a function of autograd."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from netdef.blob import Blob
from netdef.layers.user_object import UserObject

Home = tuple[torch.device | None, torch.dtype | None]


class UserCode(torch.autograd.Function):
    """Tops from bottoms and parameters by ``reshape`` and ``forward`` of the user's class; gradients by ``backward``.

    The class works on blobs of its own, on the host; tensors are copied there and back.
    """

    @staticmethod
    def forward(ctx: Any, user: UserObject, home: Home, bottoms: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run forward; ``tensors`` are the bottoms, then the parameters; the tops go ``home``."""
        _fill([*user.bottoms, *user.object.blobs], tensors)
        user.take_shapes([tuple(tensor.shape) for tensor in tensors[:bottoms]])
        user.call(user.object.forward, user.bottoms, user.tops)
        ctx.user, ctx.bottoms = user, bottoms
        ctx.save_for_backward(*tensors)
        device, dtype = home
        return tuple(top.values("cpu").to(device=device, dtype=dtype, copy=True) for top in user.tops)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Run backward; the gradients of parameters begin at zero."""
        user, tensors, bottoms = ctx.user, ctx.saved_tensors, ctx.bottoms
        needed = ctx.needs_input_grad[3:]
        blobs = [*user.bottoms, *user.object.blobs]
        _fill(blobs, tensors)
        for blob in blobs:
            blob.diff[...] = 0
        for top, gradient in zip(user.tops, gradients, strict=True):
            top.gradients("cpu").copy_(gradient)
        user.call(user.object.backward, user.tops, list(needed[:bottoms]), user.bottoms)
        found = (blob.gradients("cpu").to(tensor, copy=True) for blob, tensor in zip(blobs, tensors, strict=True))
        return (None, None, None, *(each if need else None for each, need in zip(found, needed, strict=True)))


def _fill(blobs: list[Blob], tensors: tuple[Tensor, ...]) -> None:
    for blob, tensor in zip(blobs, tensors, strict=True):
        blob.reshape(*tensor.shape)
        blob.values("cpu").copy_(tensor)
