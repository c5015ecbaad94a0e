from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions.convolved_maxima import maxima, takes
from netdef.layers.pooling_windows import PoolingWindows
from netdef.layers.windows import Windows
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

ONCE, HALVED = (1, 1), PoolingWindows((2, 2), (2, 2))
OVERLAPPING = PoolingWindows((3, 3), (2, 2))
# bottom, outputs, kernel, stride, pad, windows of the maxima
CASES = {
    "one channel": ((3, 1, 28, 27), 20, (5, 5), ONCE, (0, 0), HALVED),
    "few channels": ((5, 20, 12, 14), 50, (5, 5), ONCE, (0, 0), HALVED),
    "padded, overlapping": ((2, 3, 17, 16), 32, (5, 5), ONCE, (2, 2), OVERLAPPING),
    "one place": ((2, 5, 7, 9), 33, ONCE, ONCE, (0, 0), OVERLAPPING),
    "large steps": ((1, 3, 47, 51), 40, (11, 11), (4, 4), (0, 0), OVERLAPPING),
    "padded maxima": ((3, 8, 9, 7), 31, (3, 1), ONCE, (1, 0), PoolingWindows((3, 3), (2, 2), ONCE)),
    "wide rows": ((2, 67, 9, 11), 6, (3, 5), (1, 2), (2, 1), PoolingWindows((3, 2), (1, 2), (1, 0), ceil=False)),
    "many rows": ((1, 2, 23, 9), 9, (9, 2), (2, 1), (3, 0), PoolingWindows((4, 5), (3, 3))),
}


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


def tensors(case: str) -> tuple[Tensor, Tensor, Tensor]:
    shape, outputs, kernel, *_ = CASES[case]
    weight = images(outputs, shape[1], *kernel, seed=1)
    return images(*shape), weight, numbers(outputs, seed=2).requires_grad_()


def found(case: str, own: tuple[Tensor, Tensor, Tensor], *, rectify: bool) -> Tensor:
    _, _, kernel, stride, pad, pooling = CASES[case]
    return maxima(*own, Windows(kernel, stride, pad, ONCE), pooling, rectify=rectify)


def plain(case: str, own: tuple[Tensor, Tensor, Tensor], *, rectify: bool) -> Tensor:
    *_, stride, pad, pooling = CASES[case]
    y = functional.conv2d(*own, stride, pad)
    y = functional.max_pool2d(y, pooling.kernel, pooling.stride, pooling.pad, ceil_mode=pooling.ceil)
    return y.relu() if rectify else y


def check(one: Tensor, exact: Tensor) -> None:
    torch.testing.assert_close(one.double(), exact.double(), rtol=0, atol=3e-6 * exact.abs().max().item())


@pytest.mark.parametrize("rectify", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("case", CASES)
def test_numbers_and_gradients_are_those_of_torch(
    case: str, threads: int, rectify: bool, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    own = tensors(case)
    exact = tuple(each.detach().double().requires_grad_() for each in own)
    y, wanted = found(case, own, rectify=rectify), plain(case, (exact[0], exact[1], exact[2]), rectify=rectify)
    check(y, wanted)
    assert y.is_contiguous(memory_format=torch.channels_last)
    slopes = numbers(*wanted.shape, seed=3)  # channels in front: gradients come as they like
    mine, others = torch.autograd.grad(y, own, slopes), torch.autograd.grad(wanted, exact, slopes.double())
    for one, other, blob in zip(mine, others, own, strict=True):
        check(one, other)
        assert one.stride() == blob.stride()


@needs_kernels
@pytest.mark.parametrize("which", [0, 1, 2])
def test_only_the_gradients_that_are_wanted_are_found(which: int) -> None:
    own = tensors("few channels")
    for index, blob in enumerate(own):
        blob.requires_grad_(index == which)
    pairs = [torch.autograd.grad(of("few channels", own, rectify=True).sum(), own[which]) for of in (found, plain)]
    check(pairs[0][0], pairs[1][0])
    found("few channels", own, rectify=True).sum().backward()  # type: ignore[no-untyped-call]
    assert [blob.grad is not None for blob in own] == [index == which for index in range(3)]


def test_without_a_bias(kernels: str) -> None:
    x, weight, _ = tensors("few channels")
    own, other = maxima(x, weight, None, Windows((5, 5), ONCE, (0, 0), ONCE), HALVED, rectify=False), pooled(x, weight)
    check(own, other)
    pairs = [torch.autograd.grad(y.square().sum(), weight)[0] for y in (own, other)]
    check(*pairs)


def pooled(x: Tensor, weight: Tensor) -> Tensor:
    return functional.max_pool2d(functional.conv2d(x, weight), 2)


@needs_kernels
def test_of_equal_numbers_the_first_gets_the_gradient() -> None:
    own = tensors("few channels")
    with torch.no_grad():
        own[0].fill_(0.5)
    pairs = [torch.autograd.grad(of("few channels", own, rectify=False).sum(), own[0]) for of in (found, plain)]
    check(pairs[0][0], pairs[1][0])


@needs_kernels
def test_what_is_not_a_number_stays_so() -> None:
    own = tensors("one channel")
    with torch.no_grad():
        own[0][1, 0, 9, 9] = torch.nan
    y = found("one channel", own, rectify=True)
    assert torch.equal(y.isnan(), plain("one channel", own, rectify=True).isnan())
    (db,) = torch.autograd.grad(y, own[2], y.detach())
    assert db.isnan().all()


@needs_kernels
@pytest.mark.parametrize("rectify", [False, True])
def test_gradients_have_gradients(rectify: bool) -> None:
    def of_gradients(of: Callable[..., Tensor]) -> tuple[Tensor, ...]:
        own = tensors("one channel")
        first = torch.autograd.grad(of("one channel", own, rectify=rectify).square().sum(), own, create_graph=True)
        return torch.autograd.grad(torch.stack([each.square().sum() for each in first]).sum(), own)

    for mine, other in zip(of_gradients(found), of_gradients(plain), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5 * other.abs().max().item())


@needs_kernels
def test_kernels_must_have_their_channels_last() -> None:
    x, weight, _ = tensors("few channels")
    assert takes(x, weight)
    assert not takes(x, weight.contiguous())
    assert not takes(x.contiguous(), weight)
    assert not takes(x.double(), weight.double())
