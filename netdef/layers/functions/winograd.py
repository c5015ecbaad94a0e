"""Convolution by kernels of 3×3 from a quarter of the products, on a CPU: Winograd's F(4×4, 3×3).

Tiles of inputs and kernels are polynomials whose values at 36 points are multiplied and summed over the channels: a
product of matrices for each point. Rounding is about eight times that of plain sums, 2e-6 of the largest output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from netdef.layers.functions.winograd_points import KERNEL, POINTS, kernel_values
from netdef.layers.functions.winograd_tiles import Tiles, parts_of

BYTES_AT_ONCE = 64 << 20  # of values at the points


class Winograd(Function):
    """y[n, o] = bias[o] + Σ W[o, i] * x[n, i], padded, with stride 1."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, pad: int, groups: int) -> Tensor:
        """Keep bottom and kernels."""
        ctx.save_for_backward(x, weight)
        ctx.pad, ctx.groups = pad, groups
        return convolved(x, values_of(weight), bias, pad, groups)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Take the same steps back, unless the gradients shall have gradients."""
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():
            return *_plain_slopes(gradients[0], x, weight, ctx.pad, ctx.groups, wanted), None, None
        dx, dw = _slopes(gradients[0], x, weight, ctx.pad, ctx.groups, wanted)
        return dx, dw, gradients[0].sum((0, 2, 3)) if wanted[2] else None, None, None


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, pad: int, groups: int) -> Tensor:
    """Return N×K×H×W of N×C×H×W and kernels K×C/G×3×3, differentiable."""
    y: Tensor = Winograd.apply(x, weight, bias, pad, groups)  # type: ignore[no-untyped-call]
    return y


def convolved(x: Tensor, kernels: Tensor, bias: Tensor | None, pad: int, groups: int) -> Tensor:
    """Return N×K×H×W of N×C×H×W, channels last, from the values of kernels."""
    tiles, inputs = tiles_of(x, pad), _grouped(x, groups)
    matrices = _by_group(kernels, groups).transpose(1, 2)
    offsets = None if bias is None else bias.view(groups, -1)
    size = (len(x), kernels.shape[1], tiles.height, tiles.width)
    y = torch.empty(size, dtype=x.dtype, memory_format=torch.channels_last)
    outputs = _grouped(y, groups)
    for part in _parts(inputs, outputs, tiles):
        tiles.write_outputs(torch.bmm(tiles.input_values(inputs[part]), matrices), offsets, outputs[part])
    return y


def values_of(weight: Tensor) -> Tensor:
    """Return the values of kernels K×C×3×3 at the points: 36 × K × C."""
    elements = weight.permute(2, 3, 0, 1).reshape(KERNEL**2, -1)
    return torch.mm(_at_points(weight), elements).view(POINTS**2, *weight.shape[:2])


def _slopes(
    slopes: Tensor, x: Tensor, weight: Tensor, pad: int, groups: int, wanted: Sequence[bool]
) -> tuple[Tensor | None, Tensor | None]:
    """Return the gradients of bottom and kernels, each if it is wanted."""
    tiles, inputs, outputs = tiles_of(x, pad), _grouped(x, groups), _grouped(slopes, groups)
    matrices = _by_group(values_of(weight), groups)
    dx = torch.empty_like(x, memory_format=torch.channels_last) if wanted[0] else None
    into = None if dx is None else _grouped(dx, groups)
    dw = torch.zeros_like(matrices) if wanted[1] else None
    for part in _parts(inputs, outputs, tiles):
        at_points = tiles.output_slopes(outputs[part])
        if into is not None:
            tiles.write_input_slopes(torch.bmm(at_points, matrices), into[part])
        if dw is not None:
            dw.baddbmm_(at_points.transpose(1, 2), tiles.input_values(inputs[part]))
    return dx, None if dw is None else _kernel_slopes(dw, weight)


def _kernel_slopes(values: Tensor, weight: Tensor) -> Tensor:
    """Return the gradient of kernels, laid out as they are, from those at the points."""
    elements = torch.mm(_at_points(weight).t(), values.view(POINTS**2, -1))
    slopes = elements.view(KERNEL, KERNEL, *weight.shape[:2]).permute(2, 3, 0, 1)
    return torch.empty_like(weight).copy_(slopes)


def _plain_slopes(
    slopes: Tensor, x: Tensor, weight: Tensor, pad: int, groups: int, wanted: Sequence[bool]
) -> tuple[Tensor | None, ...]:
    ones, pads = [1, 1], [pad, pad]
    backward = torch.ops.aten.convolution_backward
    own = backward(slopes, x, weight, [len(weight)], ones, pads, ones, False, [0, 0], groups, list(wanted))
    return tuple(own)


def tiles_of(x: Tensor, pad: int) -> Tiles:
    """Return the tiles of N×C×H×W."""
    return Tiles(x.shape[2] + 2 * pad - KERNEL + 1, x.shape[3] + 2 * pad - KERNEL + 1, pad)


def _parts(inputs: Tensor, outputs: Tensor, tiles: Tiles) -> Iterator[slice]:
    """Cut a batch so that what its images have at the points is not too much at once."""
    values = POINTS**2 * tiles.count * (inputs[:1, 0, 0].numel() + outputs[:1, 0, 0].numel())
    return parts_of(len(inputs), values * inputs.itemsize, BYTES_AT_ONCE)


def _at_points(like: Tensor) -> Tensor:
    """Return 36×9: what each element of a kernel adds to its value at each point."""
    matrix = torch.tensor(kernel_values(), dtype=like.dtype)
    return torch.kron(matrix, matrix)


def _grouped(images: Tensor, groups: int) -> Tensor:
    """Return N×C×H×W as N×H×W×G×C/G."""
    last = images.permute(0, 2, 3, 1)
    return last.view(*last.shape[:3], groups, -1)


def _by_group(values: Tensor, groups: int) -> Tensor:
    """Return 36 × K × C as 36·G × K/G × C."""
    return values.view(POINTS**2 * groups, -1, values.shape[2])
