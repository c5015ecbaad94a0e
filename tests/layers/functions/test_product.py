from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions import product
from tests.compiled import kernels
from tests.layers.contract import numbers

__all__ = ["kernels"]


@pytest.fixture(autouse=True)
def _any_size(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(product, "SMALLEST", 1)
    yield
    product.works.cache_clear()


def blobs() -> tuple[Tensor, Tensor, Tensor]:
    shapes = ((5, 7), (4, 7), (4,))
    x, weight, bias = (numbers(*shape, seed=seed).float().requires_grad_() for seed, shape in enumerate(shapes))
    return x, weight, bias


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("with_bias", [False, True])
def test_numbers_and_gradients_are_those_of_torch(*, turned: bool, with_bias: bool) -> None:
    x, weight, bias = blobs()
    matrix, offset = weight.t().contiguous().t() if turned else weight, bias if with_bias else None
    y, other = product.linear(x, matrix, offset), functional.linear(x, matrix, offset)
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "ProductBackward"
    torch.testing.assert_close(y, other)
    wanted = (x, weight, bias) if with_bias else (x, weight)
    slopes = numbers(5, 4, seed=3).float()
    for mine, its in zip(
        torch.autograd.grad(y, wanted, slopes), torch.autograd.grad(other, wanted, slopes), strict=True
    ):
        torch.testing.assert_close(mine, its)


@pytest.mark.parametrize("leading", [(), (3, 2), (2, 3, 1)])
def test_lines_may_lie_in_any_number_of_axes(leading: tuple[int, ...]) -> None:
    _, weight, bias = blobs()
    x = numbers(*leading, 7, seed=4).float().requires_grad_()
    y, other = product.linear(x, weight, bias), functional.linear(x, weight, bias)
    assert y.shape == (*leading, 4)
    torch.testing.assert_close(y, other)
    slopes = numbers(*leading, 4, seed=3).float()
    for mine, its in zip(
        torch.autograd.grad(y, (x, weight, bias), slopes),
        torch.autograd.grad(other, (x, weight, bias), slopes),
        strict=True,
    ):
        torch.testing.assert_close(mine, its)


def test_gradients_have_gradients() -> None:
    x, weight, bias = blobs()
    for function in (product.linear, functional.linear):
        (slope,) = torch.autograd.grad(function(x, weight, bias).square().sum(), weight, create_graph=True)
        slope.square().sum().backward()  # type: ignore[no-untyped-call]
    found = [each.grad for each in (x, weight)]
    assert all(each is not None for each in found)
    (slope,) = torch.autograd.grad(functional.linear(x, weight, bias).square().sum(), weight, create_graph=True)
    for each, once in zip(found, torch.autograd.grad(slope.square().sum(), (x, weight)), strict=True):
        torch.testing.assert_close(each, 2 * once)


def test_only_wanted_gradients_are_found() -> None:
    x, weight, bias = blobs()
    product.linear(x.detach(), weight, bias.detach()).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is None
    assert bias.grad is None
    assert weight.grad is not None


def test_small_matrices_and_no_lines_are_left_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight, bias = blobs()
    assert product.linear(x[:0], weight, bias).shape == (0, 4)
    assert "Product" not in str(product.linear(x.double(), weight.double(), bias.double()).grad_fn)
    monkeypatch.setattr(product, "SMALLEST", weight.numel() + 1)
    assert "Product" not in str(product.linear(x, weight, bias).grad_fn)


@pytest.mark.parametrize("fault", [AttributeError("no _linear_pointwise"), None])
def test_an_operator_that_is_not_there_or_computes_otherwise_is_not_used(
    fault: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if fault:
            raise fault
        return x @ weight.t()

    monkeypatch.setattr(product, "_product", other)
    product.works.cache_clear()
    x, weight, bias = blobs()
    torch.testing.assert_close(product.linear(x, weight, bias), functional.linear(x, weight, bias), rtol=0, atol=0)


@pytest.mark.parametrize("lines", [3, 200])
def test_what_the_matrix_gets_is_that_of_torch_by_kernel_or_not(lines: int, kernels: str) -> None:
    x, weight = numbers(lines, 40).float(), numbers(9, 40, seed=1).float().requires_grad_()
    slopes = numbers(lines, 9, seed=2).float()
    found = [torch.autograd.grad(by(x, weight, None), weight, slopes) for by in (product.linear, functional.linear)]
    torch.testing.assert_close(*found)
