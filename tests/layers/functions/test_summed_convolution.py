from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions.summed_convolution import convolve
from netdef.layers.windows import Windows
from tests.compiled import kernels, needs_kernels
from tests.layers.functions.test_compiled_convolution import CASES, ONCE
from tests.nets import numbers

__all__ = ["kernels"]

MORE = {
    "few channels": ((5, 20, 12, 14), 50, 1, (5, 5), ONCE, (0, 0), ONCE),
    "gradients that fall on the same lines of the cache": ((4, 24, 11, 9), 512, 1, (3, 3), (2, 2), (1, 1), ONCE),
    "a channel a group": ((4, 24, 11, 9), 24, 24, (3, 3), (2, 2), (1, 1), ONCE),
    "groups with holes": ((2, 40, 11, 9), 30, 2, (2, 3), (2, 1), (1, 1), (2, 1)),
}
EACH = CASES | MORE


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


def tensors(case: str) -> tuple[Tensor, Tensor, Tensor]:
    shape, outputs, groups, kernel, *_ = EACH[case]
    weight = images(outputs, shape[1] // groups, *kernel, seed=1)
    return images(*shape), weight, numbers(outputs, seed=2).requires_grad_()


def found(case: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    _, _, groups, kernel, stride, pad, dilation = EACH[case]
    return convolve(x, weight, bias, Windows(kernel, stride, pad, dilation), groups)


def plain(case: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    _, _, groups, _, stride, pad, dilation = EACH[case]
    return functional.conv2d(x, weight, bias, stride, pad, dilation, groups)


def check(one: Tensor, exact: Tensor) -> None:
    torch.testing.assert_close(one.double(), exact.double(), rtol=0, atol=3e-6 * exact.abs().max().item())


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("case", EACH)
def test_numbers_and_gradients_are_those_of_torch(
    case: str, threads: int, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    own = tensors(case)
    x, weight, bias = exact = [each.detach().double().requires_grad_() for each in own]
    y, wanted = found(case, *own), plain(case, x, weight, bias)
    check(y, wanted)
    assert y.is_contiguous(memory_format=torch.channels_last)
    slopes = numbers(*wanted.shape, seed=3)  # channels in front: gradients come as they like
    mine, others = torch.autograd.grad(y, own, slopes), torch.autograd.grad(wanted, exact, slopes.double())
    for one, other, blob in zip(mine, others, own, strict=True):
        check(one, other)
        assert one.stride() == blob.stride()


@needs_kernels
def test_without_a_bias() -> None:
    x, weight, _ = tensors("few channels")
    check(found("few channels", x, weight, None), plain("few channels", x, weight, None))


@needs_kernels
@pytest.mark.parametrize("which", [0, 1, 2])
def test_only_the_gradients_that_are_wanted_are_found(which: int) -> None:
    own = tensors("groups")
    for index, blob in enumerate(own):
        blob.requires_grad_(index == which)
    pairs = [torch.autograd.grad(of("groups", *own).square().sum(), own[which]) for of in (found, plain)]
    check(pairs[0][0], pairs[1][0])
    found("groups", *own).sum().backward()  # type: ignore[no-untyped-call]
    assert [blob.grad is not None for blob in own] == [index == which for index in range(3)]


@needs_kernels
def test_gradients_have_gradients() -> None:
    second = []
    for of in (found, plain):
        own = tensors("dilated")
        first = torch.autograd.grad(of("dilated", *own).square().sum(), own, create_graph=True)
        second.append(torch.autograd.grad(torch.stack([each.square().sum() for each in first]).sum(), own))
    for mine, other in zip(*second, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5 * other.abs().max().item())
