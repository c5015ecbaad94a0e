"""Whether nothing but numbers is asked for, so that a faster way to the same ones may be taken."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import Parameter

PLAIN = (Tensor, Parameter)  # a parameter that holds another kind of tensor is of that kind itself


def are_plain(*tensors: Tensor) -> bool:
    """Tell whether all are dense float32 on a CPU, in a pass not traced, not transformed, not at another precision."""
    return not _watched() and all(map(_is_plain, tensors))


def _is_plain(tensor: Tensor) -> bool:
    plain = type(tensor) in PLAIN and tensor.dtype is torch.float32 and tensor.layout is torch.strided
    return plain and tensor.device.type == "cpu"


def _watched() -> bool:
    traced = torch.jit.is_tracing() or torch.compiler.is_compiling()  # type: ignore[attr-defined, no-untyped-call]
    return traced or torch._C._are_functorch_transforms_active() or torch.is_autocast_enabled("cpu")
