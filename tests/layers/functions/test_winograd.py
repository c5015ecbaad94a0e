from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions import winograd
from netdef.layers.functions.winograd import convolve, convolved, values_of
from tests.layers.contract import numbers

# bottom, outputs, pad, groups
CASES = [((2, 6, 9, 11), 4, 1, 1), ((3, 4, 8, 5), 8, 0, 2), ((1, 3, 2, 3), 2, 2, 1), ((5, 2, 4, 13), 2, 1, 2)]


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


def tensors(shape: tuple[int, ...], outputs: int, groups: int) -> tuple[Tensor, Tensor, Tensor]:
    weight = images(outputs, shape[1] // groups, 3, 3, seed=1)
    return images(*shape), weight, numbers(outputs, seed=2).requires_grad_()


def plain(x: Tensor, weight: Tensor, bias: Tensor, pad: int, groups: int) -> Tensor:
    return functional.conv2d(x, weight, bias, padding=pad, groups=groups)


@pytest.mark.parametrize("at_once", [1, 1 << 20])
@pytest.mark.parametrize(("shape", "outputs", "pad", "groups"), CASES)
def test_numbers_and_gradients_are_those_of_plain_sums(
    shape: tuple[int, ...], outputs: int, pad: int, groups: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winograd, "BYTES_AT_ONCE", at_once)
    own = tensors(shape, outputs, groups)
    y, wanted = convolve(*own, pad, groups), plain(*own, pad, groups)
    torch.testing.assert_close(y, wanted, rtol=0, atol=1e-12)
    assert y.is_contiguous(memory_format=torch.channels_last)
    slopes = numbers(*wanted.shape, seed=3)  # channels in front: gradients come as they like
    for mine, other, blob in zip(
        torch.autograd.grad(y, own, slopes), torch.autograd.grad(wanted, own, slopes), own, strict=True
    ):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)
        assert mine.stride() == blob.stride()


def test_without_a_bias() -> None:
    x, weight, _ = tensors((2, 3, 6, 5), 4, 1)
    torch.testing.assert_close(convolve(x, weight, None, 1, 1), functional.conv2d(x, weight, padding=1))


@pytest.mark.parametrize("which", [0, 1, 2])
def test_only_the_gradients_that_are_wanted_are_found(which: int) -> None:
    own = tensors((2, 3, 6, 5), 4, 1)
    for index, blob in enumerate(own):
        blob.requires_grad_(index == which)
    y = convolve(*own, 1, 1)
    (found,) = torch.autograd.grad(y, own[which], torch.ones_like(y))
    other = plain(*own, 1, 1)
    torch.testing.assert_close(found, torch.autograd.grad(other, own[which], torch.ones_like(y))[0])
    y = convolve(*own, 1, 1)
    y.sum().backward()  # type: ignore[no-untyped-call]
    assert [blob.grad is not None for blob in own] == [index == which for index in range(3)]


def test_gradients_have_gradients() -> None:
    own = tensors((1, 2, 5, 4), 2, 1)
    assert torch.autograd.gradgradcheck(lambda x, w, b: convolve(x, w, b, 1, 1), own)


def test_in_float32_rounding_is_small() -> None:
    x, weight, bias = (each.detach().float() for each in tensors((2, 64, 14, 14), 64, 1))
    y = convolved(x, values_of(weight), bias, 1, 1)
    exact = functional.conv2d(x.double(), weight.double(), bias.double(), padding=1)
    assert (y - exact).abs().max() < 5e-6 * exact.abs().max()
