from __future__ import annotations

import pytest
import torch

from netdef.layers.functions.mvn import normalized
from tests.layers.contract import numbers


def test_without_eps_the_gradient_is_the_derivative() -> None:
    x = numbers(2, 3, 4, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda values: normalized(values, (2, 3), 0.0), x)


def test_a_second_derivative_is_refused_rather_than_wrong() -> None:
    x = numbers(1, 2, 3, 4).requires_grad_()
    (slope,) = torch.autograd.grad(normalized(x, (2, 3), 0.5).pow(3).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(slope.sum())


def test_the_bottom_stays_as_it_is() -> None:
    x = numbers(1, 2, 3, 4)
    before = x.clone()
    normalized(x, (1, 2, 3), 1e-9)
    assert torch.equal(x, before)
