"""Convolution by kernels of 3×3 or 5×5 from a quarter or 9/25 of the products, on a CPU: Winograd's algorithm.

F(4×4, 3×3) and F(2×2, 5×5) have the same 36 points, so that all but kernels and outputs are treated alike: tiles of
inputs and kernels are polynomials whose values at the points are multiplied and summed over the channels, a product of
matrices for each point. Rounding is some eight times that of plain sums, 2e-6 of the largest output.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Structure, c_int64
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from netdef.layers.functions.calls import run
from netdef.layers.functions.compiled_convolution import (
    CompiledConvolution,
    bias_in_panels,
    outputs_of,
    task_of,
    widened,
)
from netdef.layers.functions.lent import lent
from netdef.layers.windows import Windows
from netdef.layers.winograd_choice import SQUARE


class Kernels(Structure):
    """What compiled kernels are told of kernels side × side: how many, and how far apart their elements lie."""

    _fields_ = [
        (name, c_int64)
        for name in (
            *("side", "groups", "outputs", "channels", "threads"),
            *("group", "output", "channel", "row", "column"),
        )
    ]


class WinogradConvolution(CompiledConvolution):
    """A convolution by kernels of 3×3 or 5×5 that stay as they are: their values are found once."""

    kernel = "winograd"

    def _laid_out(self, weight: Tensor) -> Tensor:
        return values_of(weight, self._groups)


class Winograd(Function):
    """y[n, o] = bias[o] + Σ W[o, i] * x[n, i], padded, with stride 1."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, pad: int, groups: int) -> Tensor:
        """Keep bottom and kernels."""
        ctx.save_for_backward(x, weight)
        ctx.pad, ctx.groups = pad, groups
        task = task_of(x, len(weight), windows_of(weight, pad), groups)
        y = outputs_of(task, x)
        run("winograd", task, x, _lent_values(weight, groups), bias_in_panels(bias, weight, groups), None, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Go back in the same way, unless the gradients shall have gradients."""
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():
            return *_plain_slopes(gradients[0], x, weight, ctx.pad, ctx.groups, wanted), None, None
        slopes = gradients[0].contiguous(memory_format=torch.channels_last)
        dx = _input_slopes(slopes, weight, ctx.pad, ctx.groups) if wanted[0] else None
        dw = _kernel_slopes(slopes, x, weight, ctx.pad, ctx.groups) if wanted[1] else None
        return dx, dw, slopes.sum((0, 2, 3)) if wanted[2] else None, None, None


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, pad: int, groups: int) -> Tensor:
    """Return N×K×H×W of N×C×H×W and square kernels K×C/G×…, for a pad that is less than a kernel; differentiable."""
    y: Tensor = Winograd.apply(x, weight, bias, pad, groups)  # type: ignore[no-untyped-call]
    return y


def windows_of(weight: Tensor, pad: int) -> Windows:
    """Return windows as large as kernels, that slide step by step."""
    return Windows((weight.shape[2], weight.shape[3]), (1, 1), (pad, pad), (1, 1))


def values_of(weight: Tensor, groups: int) -> Tensor:
    """Return the values of kernels K×C×3×3 or K×C×5×5 at the points, in panels."""
    own = _kernels(weight, groups)
    values = weight.new_empty(_count(own))
    run("winograd_kernels", own, weight, values)
    return values


def _lent_values(weight: Tensor, groups: int, *, turned: bool = False) -> Tensor:
    """Return the values of kernels until memory is lent again; of ``turned`` ones, which lead gradients back."""
    own = _kernels(weight, groups)
    if turned:
        own = Kernels(
            *(own.side, groups, own.channels, own.outputs, own.threads),
            *(own.group, own.channel, own.output, -own.row, -own.column),
        )
    values = lent(_count(own))
    run("winograd_kernels", own, weight[0, 0, -1, -1:] if turned else weight, values)
    return values


def _count(kernels: Kernels) -> int:
    """Return how many values kernels have, in panels."""
    return int(SQUARE * kernels.groups * kernels.channels * widened(kernels.outputs))


def _kernels(weight: Tensor, groups: int) -> Kernels:
    output, channel, row, column = weight.stride()
    outputs = len(weight) // groups
    threads = torch.get_num_threads()
    sizes = (weight.shape[2], groups, outputs, weight.shape[1], threads)
    return Kernels(*sizes, outputs * output, output, channel, row, column)


def _input_slopes(slopes: Tensor, weight: Tensor, pad: int, groups: int) -> Tensor:
    """Return the gradient of the bottom: the outputs' convolved with kernels turned around."""
    channels = weight.shape[1] * groups
    task = task_of(slopes, channels, windows_of(weight, weight.shape[2] - 1 - pad), groups)
    dx, none = outputs_of(task, slopes), slopes.new_zeros(groups * widened(weight.shape[1]))
    run("winograd", task, slopes, _lent_values(weight, groups, turned=True), none, None, dx)
    return dx


def _kernel_slopes(slopes: Tensor, x: Tensor, weight: Tensor, pad: int, groups: int) -> Tensor:
    """Return the gradient of kernels, laid out as they are: products of values, summed over all tiles."""
    sums = lent(SQUARE * len(weight) * weight.shape[1])
    run("winograd_slopes", task_of(x, len(weight), windows_of(weight, pad), groups), x, slopes, sums)
    dw = torch.empty_like(weight)
    run("winograd_kernel_slopes", _kernels(dw, groups), sums, dw)
    return dw


def _plain_slopes(
    slopes: Tensor, x: Tensor, weight: Tensor, pad: int, groups: int, wanted: Sequence[bool]
) -> tuple[Tensor | None, ...]:
    ones, pads = [1, 1], [pad, pad]
    backward = torch.ops.aten.convolution_backward
    own = backward(slopes, x, weight, [len(weight)], ones, pads, ones, False, [0, 0], groups, list(wanted))
    return tuple(own)
