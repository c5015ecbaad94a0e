from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions.winograd import WinogradConvolution, convolve, windows_of
from netdef.layers.winograd_choice import SIDES
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

# bottom, outputs, pad, groups
CASES = [
    ((2, 6, 9, 11), 4, 1, 1),
    ((3, 4, 8, 5), 8, 0, 2),
    ((1, 3, 3, 4), 2, 2, 1),
    ((5, 2, 4, 13), 2, 1, 2),
    ((2, 40, 30, 29), 70, 1, 1),
    ((1, 96, 9, 10), 34, 1, 2),
]


Convolved = Callable[[Tensor, Tensor, Tensor, int, int], Tensor]


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


def tensors(shape: tuple[int, ...], outputs: int, groups: int, side: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    weight = images(outputs, shape[1] // groups, side, side, seed=1)
    return images(*shape), weight, numbers(outputs, seed=2).requires_grad_()


def plain(x: Tensor, weight: Tensor, bias: Tensor, pad: int, groups: int) -> Tensor:
    return functional.conv2d(x, weight, bias, padding=pad, groups=groups)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("shape", "outputs", "pad", "groups"), CASES)
def test_numbers_and_gradients_are_those_of_plain_sums(
    shape: tuple[int, ...],
    outputs: int,
    pad: int,
    groups: int,
    side: int,
    kernels: str,
) -> None:
    own = tensors(shape, outputs, groups, side)
    x, weight, bias = exact = [each.detach().double().requires_grad_() for each in own]
    y, wanted = convolve(*own, pad, groups), plain(x, weight, bias, pad, groups)
    check(y, wanted)
    assert y.is_contiguous(memory_format=torch.channels_last)
    slopes = numbers(*wanted.shape, seed=3)  # channels in front: gradients come as they like
    mine, others = torch.autograd.grad(y, own, slopes), torch.autograd.grad(wanted, exact, slopes.double())
    for found, other, blob in zip(mine, others, own, strict=True):
        check(found, other)
        assert found.stride() == blob.stride()


def check(found: Tensor, exact: Tensor) -> None:
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=1e-5 * exact.abs().max().item())


def test_kernels_may_lie_as_they_like(kernels: str) -> None:
    x, weight, bias = tensors((2, 6, 9, 11), 4, 2)
    rows_last = weight.detach().contiguous().requires_grad_()
    y = convolve(x, rows_last, bias, 1, 2)
    check(y, plain(x.double(), weight.double(), bias.double(), 1, 2))
    (found,) = torch.autograd.grad(y, rows_last, torch.ones_like(y))
    (wanted,) = torch.autograd.grad(plain(x, weight, bias, 1, 2), weight, torch.ones_like(y))
    check(found, wanted.double())
    assert found.stride() == rows_last.stride()


def test_a_sum_and_relu_are_done_in_passing(kernels: str) -> None:
    x, weight, bias = (each.detach() for each in tensors((2, 20, 9, 7), 70, 2))
    convolution = WinogradConvolution(weight, bias, windows_of(weight, 1), 2)
    wanted, addend = plain(x.double(), weight.double(), bias.double(), 1, 2), images(2, 70, 9, 7, seed=5).detach()
    check(convolution(x, addend), wanted + addend)
    check(convolution(x, addend, rectify=True), (wanted + addend).relu())
    x[1, 3, 4, 4] = torch.nan
    assert convolution(x, rectify=True)[1, :35, 4, 4].isnan().all()


@needs_kernels
def test_without_a_bias() -> None:
    x, weight, _ = tensors((2, 3, 6, 5), 4, 1)
    torch.testing.assert_close(convolve(x, weight, None, 1, 1), functional.conv2d(x, weight, padding=1))


@needs_kernels
@pytest.mark.parametrize("which", [0, 1, 2])
def test_only_the_gradients_that_are_wanted_are_found(which: int) -> None:
    own = tensors((2, 3, 6, 5), 4, 1)
    for index, blob in enumerate(own):
        blob.requires_grad_(index == which)
    y = convolve(*own, 1, 1)
    (found,) = torch.autograd.grad(y, own[which], torch.ones_like(y))
    other = plain(*own, 1, 1)
    (wanted,) = torch.autograd.grad(other, own[which], torch.ones_like(y))
    check(found, wanted.double())
    y = convolve(*own, 1, 1)
    y.sum().backward()  # type: ignore[no-untyped-call]
    assert [blob.grad is not None for blob in own] == [index == which for index in range(3)]


@needs_kernels
def test_gradients_have_gradients() -> None:
    own = tensors((1, 2, 5, 4), 2, 1)
    found, wanted = (_of_gradients(convolved, own) for convolved in (convolve, plain))
    for mine, other in zip(found, wanted, strict=True):
        check(mine, other.double())


def _of_gradients(convolved: Convolved, own: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, ...]:
    """Return the gradients of the squares of gradients."""
    y = convolved(*own, 1, 1)
    first = torch.autograd.grad(y.square().sum(), own, create_graph=True)
    return torch.autograd.grad(torch.stack([each.square().sum() for each in first]).sum(), own)


@needs_kernels
@pytest.mark.parametrize("side", SIDES)
def test_rounding_is_small(side: int) -> None:
    x, weight, bias = (each.detach() for each in tensors((2, 64, 14, 14), 64, 1, side))
    y = WinogradConvolution(weight, bias, windows_of(weight, 1), 1)(x)
    exact = functional.conv2d(x.double(), weight.double(), bias.double(), padding=1)
    assert (y - exact).abs().max() < 5e-6 * exact.abs().max()
