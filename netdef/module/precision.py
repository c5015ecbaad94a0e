"""The numbers in which a net computes: float32, or 16-bit floats where torch's autocast holds them safe.

Parameters, gradients, statistics and losses are float32 with any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn

from netdef.module.layer_module import LayerModule
from netdef.module.layout import laid_out
from netdef.module.way import Pass, Run, Runs


class Precision(StrEnum):
    """FP32: as Caffe; BF16: the range of float32 with 8 bits; FP16: 11 bits, and less range."""

    FP32 = "FP32"
    BF16 = "BF16"
    FP16 = "FP16"


TYPES = {Precision.BF16: torch.bfloat16, Precision.FP16: torch.float16}


@contextmanager
def casting(precision: Precision, device: torch.device) -> Iterator[None]:
    """Compute in a precision while the block runs; FP32 leaves all as it is."""
    if precision is Precision.FP32:
        yield
        return
    with torch.autocast(device.type, TYPES[precision]):
        yield


def compute_in(precision: Precision, net: Runs) -> None:
    """Have a net compute in a precision from now on.

    With 16-bit floats kernels and images lie on GPUs with their channels last, as tensor cores take them; nets that
    share its parameters must be given the same precision. Layers that say so compute in float32 all the same.
    """
    if precision is Precision.FP32:
        return

    def cast(
        run: Run, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int | Tensor, keep: Iterable[str], /
    ) -> Pass:
        with casting(precision, net.device):
            return run(inputs, rows, iteration, keep)

    net.ways = (cast, *net.ways)
    for module in net.steps:
        module.channels_last_on_gpu = True
        _lay_kernels_out(module)
        if module.step.layer.needs_float32:
            module.register_forward_pre_hook(_widened)


def _lay_kernels_out(module: LayerModule) -> None:
    """Change the layout of parameters that others hold too: other nets, and whoever updates them."""
    for blob in module.parameters(recurse=False):
        if blob.device.type != "cpu":
            blob.data = laid_out(blob.data, channels_last=False, on_gpu=True)


def _widened(module: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a layer's context and its bottoms, 16-bit floats as float32."""
    ctx, *bottoms = given
    return (ctx, *(bottom.float() if bottom.dtype in TYPES.values() else bottom for bottom in bottoms))
