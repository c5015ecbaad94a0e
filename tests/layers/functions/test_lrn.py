from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from netdef.layers.functions import lrn
from netdef.layers.functions.lrn import across_channels
from tests.layers.contract import numbers


@pytest.fixture(autouse=True)
def no_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lrn, "takes", lambda x, beta: False)


@pytest.mark.parametrize("beta", [0.75, 0.5, 0.6])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("block", [1, 300, 1 << 20])
def test_numbers_and_gradients_are_those_of_torch_in_the_layout_given(
    beta: float, layout: torch.memory_format, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrn, "BLOCK_BYTES", block)
    x = numbers(2, 7, 3, 4).contiguous(memory_format=layout).requires_grad_()
    slopes = numbers(2, 7, 3, 4, seed=1)
    y, other = across_channels(x, 5, 2.0, beta, 1.5), functional.local_response_norm(x, 5, 2.0, beta, 1.5)
    assert y.is_contiguous(memory_format=layout)
    torch.testing.assert_close(y, other)
    for one, two in zip(torch.autograd.grad(y, x, slopes), torch.autograd.grad(other, x, slopes), strict=True):
        torch.testing.assert_close(one, two)


def test_a_second_derivative_is_refused_rather_than_wrong() -> None:
    x = numbers(1, 3, 2, 2).requires_grad_()
    y = across_channels(x, 3, 1.0, 0.75, 1.0)
    (slope,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(slope.sum())


def test_the_bottom_stays_as_it_is() -> None:
    x = numbers(1, 3, 2, 2)
    before = x.clone()
    across_channels(x, 3, 1.0, 0.75, 1.0)
    assert torch.equal(x, before)


@pytest.mark.parametrize("beta", [0.75, 0.5, 0.6])
@pytest.mark.parametrize("items", [0, 1, 5])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_without_a_gradient_items_are_normalized_in_blocks(
    beta: float, items: int, layout: torch.memory_format, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = numbers(items, 7, 3, 4).contiguous(memory_format=layout)
    monkeypatch.setattr(lrn, "BLOCK_BYTES", 2 * x[:1].nbytes)
    y, wanted = across_channels(x, 5, 2.0, beta, 1.5), across_channels(x.requires_grad_(), 5, 2.0, beta, 1.5)
    torch.testing.assert_close(y, wanted.detach(), rtol=0, atol=0)
    assert y.stride() == x.stride()
    assert wanted.stride() == x.stride()
