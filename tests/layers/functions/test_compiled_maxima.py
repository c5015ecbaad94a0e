from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.compiled_maxima import by_torch, maxima
from netdef.layers.pooling_windows import PoolingWindows
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

# bottom, windows
CASES = [
    ((2, 5, 7, 9), PoolingWindows((3, 3), (2, 2))),
    ((1, 16, 6, 8), PoolingWindows((2, 2), (2, 2))),
    ((3, 33, 5, 7), PoolingWindows((3, 3), (1, 1), (1, 1))),
    ((2, 40, 8, 6), PoolingWindows((3, 2), (2, 3), (1, 0))),
    ((1, 17, 4, 5), PoolingWindows((2, 3), (3, 4))),
    ((1, 8, 6, 7), PoolingWindows((6, 7))),
    ((2, 64, 30, 29), PoolingWindows((3, 3), (2, 2), (0, 0), ceil=False)),
]


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


@pytest.mark.parametrize(("shape", "windows"), CASES)
def test_numbers_and_gradients_are_those_of_torch(
    shape: tuple[int, ...], windows: PoolingWindows, kernels: str
) -> None:
    x = images(*shape)
    y, wanted = maxima(x, windows), by_torch(x, windows)
    assert torch.equal(y, wanted)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(maxima(x.detach(), windows), wanted)
    slopes = numbers(*y.shape, seed=1)
    (found,), (exact,) = torch.autograd.grad(y, x, slopes), torch.autograd.grad(wanted, x, slopes)
    torch.testing.assert_close(found, exact)
    assert found.stride() == x.stride()


def test_of_equal_numbers_the_first_gets_the_gradient(kernels: str) -> None:
    x = torch.ones(2, 20, 6, 7).contiguous(memory_format=torch.channels_last).requires_grad_()
    windows = PoolingWindows((3, 3), (2, 2), (1, 1))
    found, exact = (torch.autograd.grad(of(x, windows).sum(), x)[0] for of in (maxima, by_torch))
    assert torch.equal(found, exact)


def test_what_is_not_a_number_or_infinite_comes_through(kernels: str) -> None:
    x = images(1, 20, 8, 8).detach()
    x[0, 3, 2, 2], x[0, 4, 5, 5], x[0, 5], x[0, 6, 0, 0] = torch.nan, torch.inf, -torch.inf, torch.nan
    windows = PoolingWindows((3, 3), (2, 2))
    torch.testing.assert_close(maxima(x, windows), by_torch(x, windows), equal_nan=True)


@needs_kernels
def test_gradients_have_gradients() -> None:
    x, windows = images(1, 4, 6, 5), PoolingWindows((3, 3), (2, 2))
    found, exact = (_of_gradients(of(x, windows), x) for of in (maxima, by_torch))
    torch.testing.assert_close(found, exact)


def _of_gradients(y: Tensor, x: Tensor) -> Tensor:
    """Return the gradient of the squares of gradients."""
    (first,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), x)
    return second


@pytest.mark.parametrize("threads", [2, 3, 50])
def test_threads_share_images_or_channels(threads: int, kernels: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x, windows = images(2, 20, 17, 15), PoolingWindows((3, 3), (2, 2), (1, 1))
    slopes = numbers(2, 20, 9, 8, seed=1)
    (alone,) = torch.autograd.grad(maxima(x, windows), x, slopes)
    monkeypatch.setattr("netdef.layers.functions.compiled_maxima.WORTH_A_THREAD", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    (shared,) = torch.autograd.grad(maxima(x, windows), x, slopes)
    assert torch.equal(shared, alone)
