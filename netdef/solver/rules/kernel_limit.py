"""Kernels that grow too large are brought back to the size that they may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.graph import Parameter


@dataclass(frozen=True, eq=False)
class KernelLimit:
    """What the root mean square of each kernel of a weight must not exceed; its kernels lie along the first axis."""

    weight: Tensor
    most: float

    def keep(self) -> None:
        """Multiply each kernel w by most / rms(w) where that is below 1.

        Source: Zeiler and Fergus, arXiv 1311.2901, section 3.1.
        """
        axes = tuple(range(1, self.weight.dim()))
        values = self.weight[:1].numel()
        norms = torch.linalg.vector_norm(self.weight, dim=axes, keepdim=True)
        self.weight.mul_((self.most * values**0.5 / norms).clamp(max=1))


def kernel_limits(stored: Iterable[tuple[Parameter, Tensor]]) -> Iterator[KernelLimit]:
    """Yield the limits of those parameters, or parts of them, that have one and learn.

    Raises: UsageError if a part does not hold whole kernels.
    """
    for parameter, tensor in stored:
        if not parameter.max_rms or not parameter.lr_mult:
            continue
        if tensor.shape[1:] != parameter.shape[1:]:
            raise UsageError(
                f'max_rms: the kernels of blob {parameter.index} of layer "{parameter.owner}" are cut in pieces\n'
                "    leave max_rms out, or have the layer whole on one device"
            )
        yield KernelLimit(tensor.detach(), parameter.max_rms)
