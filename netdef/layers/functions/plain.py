"""Whether nothing but numbers is asked for, so that a faster way to the same ones may be taken."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import Parameter

FLOAT = (torch.float32,)
PLAIN = (Tensor, Parameter)  # a parameter that holds another kind of tensor is of that kind itself


def are_floats(*tensors: Tensor, dtypes: Sequence[torch.dtype] = FLOAT) -> bool:
    """Tell whether all are dense float32, or of other types, on a CPU, in a pass not traced, not transformed."""
    if torch.compiler.is_compiling() or torch._C._is_tracing() or torch._C._are_functorch_transforms_active():
        return False
    for tensor in tensors:  # one by one, in no function of its own: it is asked for each layer
        plain = type(tensor) in PLAIN and tensor.dtype in dtypes and tensor.layout is torch.strided
        if not plain or not tensor.is_cpu:
            return False
    return True


def are_plain(*tensors: Tensor) -> bool:
    """Tell whether all are dense float32 on a CPU, in a pass not traced, not transformed, not at another precision."""
    return are_floats(*tensors) and not torch.is_autocast_enabled("cpu")
