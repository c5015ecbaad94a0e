"""Local response normalization across channels, in few passes over memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from netdef.layers.functions.compiled_lrn import CompiledAcrossChannels, Normalization, normalized, takes, task_of
from netdef.layers.functions.fused_lrn import FusedAcrossChannels
from netdef.layers.functions.images import IMAGE_AXES
from netdef.layers.functions.kernel import compiler_is_there

CHANNELS = -3
BLOCK_BYTES = 1 << 20  # a core's second cache holds about as much


class AcrossChannels(Function):
    """y = x · s^-beta, s = k + alpha/n · (sum of x² over n channels of the same group).

    dx = dy · s^-beta - 2 · alpha · beta / n · x · (sum of dy · y / s over the same channels).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int, alpha: float, beta: float, k: float, groups: int) -> Tensor:
        """Keep x and s."""
        y, strength = torch.empty_like(x), torch.empty_like(x)
        for of_x, of_s, of_y in _blocks(groups, x, strength, y):
            _inverse_power(_strength(of_x, size, alpha, k, of_s), beta, of_y).mul_(of_x)
        ctx.save_for_backward(x, strength)
        ctx.size, ctx.alpha, ctx.beta, ctx.groups = size, alpha, beta, groups
        return y

    @staticmethod
    @once_differentiable  # a second derivative through what forward saved would be wrong without a word
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Apply the formula."""
        x, strength = ctx.saved_tensors
        slopes = torch.empty_like(x)
        for of_x, of_s, given, found in _blocks(ctx.groups, x, strength, _laid_out_as(x, gradients[0]), slopes):
            _inverse_power(of_s, ctx.beta, found).mul_(given)
            own = (found * of_x).div_(of_s)
            shared = own.clone()
            for here, there in _neighbours(own.shape[CHANNELS], ctx.size):
                shared.narrow(CHANNELS, *here).add_(own.narrow(CHANNELS, *there))
            found.addcmul_(of_x, shared, value=-2 * ctx.alpha * ctx.beta / ctx.size)
        return slopes, None, None, None, None, None


def across_channels(x: Tensor, size: int, alpha: float, beta: float, k: float, groups: int = 1) -> Tensor:
    """Normalize N×C×H×W by ``size`` channels around each, in its own range of ``groups``; 16-bit floats become 32."""
    if by_kernels(x):
        fused: Tensor = FusedAcrossChannels.apply(_ranges(x, groups), size, alpha, beta, k)  # type: ignore[no-untyped-call]
        return fused.flatten(1, 2) if groups > 1 else fused
    if takes(x, beta):
        return _compiled(x, task_of(x, size, alpha, beta, k, groups))
    if x.dtype in (torch.float16, torch.bfloat16):
        x = x.float()
    if torch.is_grad_enabled() and x.requires_grad:
        y: Tensor = AcrossChannels.apply(x, size, alpha, beta, k, groups)  # type: ignore[no-untyped-call]
        return y
    y = torch.empty_like(x)
    for of_x, of_y in _blocks(groups, x.detach(), y):
        _inverse_power(_strength(of_x, size, alpha, k, torch.empty_like(of_x)), beta, of_y).mul_(of_x)
    return y


def _compiled(x: Tensor, task: Normalization) -> Tensor:
    if torch.is_grad_enabled() and x.requires_grad:
        y: Tensor = CompiledAcrossChannels.apply(x, task)  # type: ignore[no-untyped-call]
        return y
    return normalized(x, task)


def by_kernels(x: Tensor) -> bool:
    """Tell whether whole formulas are to be made kernels of: on a GPU, or in a net that is compiled."""
    return torch.compiler.is_compiling() or (x.device.type == "cuda" and compiler_is_there())


def _blocks(groups: int, *images: Tensor) -> Iterator[list[Tensor]]:
    """Yield the same few items, or places, of all images, in groups: so few that they stay in the cores' caches."""
    for few in _few_of(*images):
        yield [_ranges(each, groups) for each in few]


def _ranges(x: Tensor, groups: int) -> Tensor:
    """Return N×C×H×W as N×groups×C/groups×H×W, where there are several."""
    return torch.unflatten(x, CHANNELS, (groups, -1)) if groups > 1 else x


def _few_of(*images: Tensor) -> Iterator[tuple[Tensor, ...]]:
    first = images[0]
    if first.device.type != "cpu" or torch.compiler.is_compiling() or first.dim() != IMAGE_AXES:
        return iter([images])
    if first.is_contiguous(memory_format=torch.channels_last):
        images = tuple(each.permute(0, 2, 3, 1).reshape(-1, first.shape[1], 1, 1) for each in images)
    each = max(1, BLOCK_BYTES * torch.get_num_threads() // max(1, images[0][:1].nbytes))
    return zip(*(torch.split(one, each) for one in images), strict=True)


def _laid_out_as(x: Tensor, gradient: Tensor) -> Tensor:
    """Return a gradient whose numbers lie as those of x do."""
    return gradient if gradient.stride() == x.stride() else torch.empty_like(x).copy_(gradient)


def _strength(x: Tensor, size: int, alpha: float, k: float, out: Tensor) -> Tensor:
    """Write s."""
    squares = x * x
    torch.add(x.new_full((), k), squares, alpha=alpha / size, out=out)
    for here, there in _neighbours(x.shape[CHANNELS], size):
        out.narrow(CHANNELS, *here).add_(squares.narrow(CHANNELS, *there), alpha=alpha / size)
    return out


def _neighbours(channels: int, size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield, for each other place in the window, the channels that have one there, and those: (start, length) each."""
    for shift in range(1, min(size // 2, channels - 1) + 1):
        behind, ahead = (0, channels - shift), (shift, channels - shift)
        yield behind, ahead
        yield ahead, behind


def _inverse_power(x: Tensor, beta: float, out: Tensor) -> Tensor:
    """Write x^-beta; for the usual exponents by roots, several times faster than by a power."""
    if beta == 0.75:
        return torch.sqrt(x, out=out).mul_(x).rsqrt_()
    return torch.rsqrt(x, out=out) if beta == 0.5 else torch.pow(x, -beta, out=out)
