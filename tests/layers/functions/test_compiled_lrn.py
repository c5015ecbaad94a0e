from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions import lrn
from netdef.layers.functions.compiled_lrn import takes, task_of
from netdef.layers.functions.lrn import across_channels
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

# bottom, local_size, groups
CASES = {
    "whole registers": ((2, 32, 3, 5), 5, 1),
    "fewer channels than a register has": ((2, 7, 3, 4), 3, 1),
    "a rest behind whole registers": ((3, 37, 2, 4), 5, 1),
    "groups": ((2, 54, 3, 4), 5, 3),
    "windows wider than a register": ((2, 48, 3, 4), 41, 1),
    "windows wider than a group": ((2, 10, 3, 4), 17, 2),
    "a channel by itself": ((2, 33, 3, 4), 1, 1),
    "one channel": ((5, 1, 3, 4), 5, 1),
    "more places than are worked on at once": ((3, 19, 23, 29), 5, 1),
    "more channels than are worked on at once": ((1, 2100, 2, 3), 7, 1),
}


@pytest.fixture(autouse=True)
def no_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(lrn, "_few_of")


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last)


def exact(x: Tensor, size: int, alpha: float, beta: float, k: float, groups: int) -> Tensor:
    ranges = x.double().chunk(groups, 1)
    return torch.cat([functional.local_response_norm(own, size, alpha, beta, k) for own in ranges], 1)


@pytest.mark.parametrize("beta", [0.75, 0.5])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("case", CASES)
def test_numbers_and_gradients_are_exact_but_for_rounding(
    case: str, threads: int, beta: float, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape, size, groups = CASES[case]
    monkeypatch.setattr("netdef.layers.functions.compiled_lrn.WORTH_A_THREAD", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    x, slopes = images(*shape).requires_grad_(), images(*shape, seed=1)
    options = (size, 2.0, beta, 1.5, groups)
    y, wanted = across_channels(x, *options), exact(x, *options)
    assert y.stride() == x.stride()
    torch.testing.assert_close(y.double(), wanted, rtol=1e-6, atol=1e-6)
    assert torch.equal(across_channels(x.detach(), *options), y)
    (found,), (gradient,) = torch.autograd.grad(y, x, slopes), torch.autograd.grad(wanted, x, slopes.double())
    assert found.stride() == x.stride()
    torch.testing.assert_close(found, gradient, rtol=2e-6, atol=2e-6)


def test_gradients_may_lie_otherwise(kernels: str) -> None:
    x, slopes = images(2, 6, 3, 4).requires_grad_(), images(2, 6, 3, 4, seed=1)
    y = across_channels(x, 3, 1.0, 0.75, 1.0)
    (expected,) = torch.autograd.grad(y, x, slopes, retain_graph=True)
    assert torch.equal(torch.autograd.grad(y, x, slopes.contiguous())[0], expected)


def test_what_is_not_a_number_stays_so_as_far_as_windows_reach(kernels: str) -> None:
    x = images(1, 40, 2, 2).requires_grad_()
    with torch.no_grad():
        x[0, 17, 1, 0] = torch.nan
    y = across_channels(x, 5, 1.0, 0.75, 1.0)
    assert y[0, 15:20, 1, 0].isnan().all()
    assert y.isnan().sum() == 5
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert slope[0, 13:22, 1, 0].isnan().all()
    assert slope.isnan().sum() == 9


def test_a_strength_beyond_all_numbers_leaves_zeros(kernels: str) -> None:
    x = images(1, 20, 2, 2).requires_grad_()
    with torch.no_grad():
        x[0, 9, 1, 1] = 1e30
    y = across_channels(x, 3, 1.0, 0.75, 1.0)
    assert y[0, 8:11, 1, 1].tolist() == [0, 0, 0]
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert slope[0, 9, 1, 1] == 0
    assert slope.isfinite().all()


def test_a_second_derivative_is_refused_rather_than_wrong(kernels: str) -> None:
    x = images(1, 3, 2, 2).requires_grad_()
    (slope,) = torch.autograd.grad(across_channels(x, 3, 1.0, 0.75, 1.0).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(slope.sum())


def test_the_bottom_stays_as_it_is(kernels: str) -> None:
    x = images(1, 3, 2, 2)
    before = x.clone()
    across_channels(x, 3, 1.0, 0.75, 1.0)
    assert torch.equal(x, before)


@needs_kernels
def test_what_kernels_take() -> None:
    x = images(2, 4, 3, 5)
    assert takes(x, 0.75)
    assert takes(x, 0.5)
    assert not takes(x, 0.6)
    assert not takes(x.contiguous(), 0.75)
    assert not takes(x.double(), 0.75)
    assert not takes(x[:0], 0.75)


def test_threads_are_as_many_as_the_work_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert task_of(images(1, 6, 8, 8), 5, 1.0, 0.75, 1.0, 1).threads == 1
    assert task_of(images(4, 96, 32, 32), 5, 1.0, 0.75, 1.0, 1).threads == 8


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("case", CASES)
def test_bfloat16_is_computed_in_float32(
    case: str, threads: int, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape, size, groups = CASES[case]
    monkeypatch.setattr("netdef.layers.functions.compiled_lrn.WORTH_A_THREAD", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    x, slopes = images(*shape).bfloat16().requires_grad_(), images(*shape, seed=1)
    wide = x.detach().float().requires_grad_()
    options = (size, 2.0, 0.75, 1.5, groups)
    y, wanted = across_channels(x, *options), across_channels(wide, *options)
    assert y.dtype == torch.float32
    assert torch.equal(y, wanted)
    (found,), (gradient,) = torch.autograd.grad(y, x, slopes), torch.autograd.grad(wanted, wide, slopes)
    assert found.dtype == torch.bfloat16
    assert torch.equal(found, gradient.bfloat16())


def test_bfloat16_that_is_no_number_or_without_end_stays_so(kernels: str) -> None:
    x = images(1, 40, 1, 3).bfloat16()
    x[0, 20, 0, 1], x[0, 0, 0, 2] = torch.nan, torch.inf
    x.requires_grad_()
    y = across_channels(x, 5, 2.0, 0.75, 1.5)
    (slopes,) = torch.autograd.grad(y, x, images(1, 40, 1, 3, seed=1))
    assert set(y.isnan().nonzero()[:, 3].tolist()) == {1, 2}
    assert set(slopes.isnan().nonzero()[:, 3].tolist()) == {1, 2}
