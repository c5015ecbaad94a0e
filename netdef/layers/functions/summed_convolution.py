"""Convolutions as they stand, by compiled kernels that learn: forward, and the gradients of all that was given."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Structure, c_int64
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from netdef.layers.functions.compiled_convolution import (
    Images,
    outputs_of,
    run,
    task_of,
    widened,
)
from netdef.layers.functions.lent import lent
from netdef.layers.windows import Windows


class Kernels(Structure):
    """What compiled kernels are told of kernels that are laid out: how many there are, and numbers in each."""

    _fields_ = [(name, c_int64) for name in ("groups", "outputs", "line")]


class SummedConvolution(Function):
    """y[n, o] = bias[o] + Σ W[o, i] * x[n, i], the kernels' channels last."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, groups: int) -> Tensor:
        """Keep bottom and kernels."""
        ctx.save_for_backward(x, weight)
        ctx.windows, ctx.groups = windows, groups
        ctx.task = task = task_of(x, len(weight), windows, groups)
        y = outputs_of(task, x)
        kernels, offsets, _ = lent_kernels(weight, bias, task)
        run("convolve", task, x, kernels, offsets, None, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Lead gradients back; by torch's own operator if they shall have gradients."""
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():
            return *_plain_slopes(gradients[0], x, weight, ctx.windows, ctx.groups, wanted), None, None
        slopes = gradients[0].contiguous(memory_format=torch.channels_last)
        dx = torch.empty_like(x) if wanted[0] else None
        dw = torch.empty_like(weight) if wanted[1] else None
        db = slopes.new_empty(len(weight)) if wanted[2] else None
        if dx is not None:
            run("convolve_back", ctx.task, slopes, weight, dx)
        if dw is not None or db is not None:
            run("convolve_slopes", ctx.task, x, slopes, dw, db)
        return dx, dw, db, None, None


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, groups: int) -> Tensor:
    """Return N×K×H×W of N×C×H×W and kernels K×C/G×h×w, both with their channels last; differentiable."""
    y: Tensor = SummedConvolution.apply(x, weight, bias, windows, groups)  # type: ignore[no-untyped-call]
    return y


def lent_kernels(weight: Tensor, bias: Tensor | None, task: Images, more: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Return kernels and bias in panels, and room for so many numbers more, until memory is lent again."""
    line, wide = weight[0].numel(), task.groups * widened(task.outputs)
    all_of_it = lent(wide * (line + 1) + more)
    values, offsets, room = all_of_it[: wide * line], all_of_it[wide * line :][:wide], all_of_it[wide * (line + 1) :]
    run("convolve_kernels", Kernels(task.groups, task.outputs, line), weight, bias, values, offsets)
    return values, offsets, room


def _plain_slopes(
    slopes: Tensor, x: Tensor, weight: Tensor, windows: Windows, groups: int, wanted: Sequence[bool]
) -> tuple[Tensor | None, ...]:
    backward = torch.ops.aten.convolution_backward
    stride, pad, dilation = (list(each) for each in (windows.stride, windows.pad, windows.dilation))
    own = backward(slopes, x, weight, [len(weight)], stride, pad, dilation, False, [0, 0], groups, list(wanted))
    return tuple(own)
