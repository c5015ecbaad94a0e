from __future__ import annotations

import torch

from netdef.layers.functions.user_code import UserCode
from tests.layers.contract import numbers
from tests.layers.test_python import make_python


def test_tops_and_gradients_have_the_types_of_their_tensors() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    layer.shapes((4, 3), (4, 3))
    a, b, weights = numbers(4, 3, seed=1).requires_grad_(), numbers(4, 3, seed=2).float(), torch.ones(3)
    (top,) = UserCode.apply(layer.user(), (None, torch.float64), 2, a, b, weights)  # type: ignore[no-untyped-call]
    assert top.dtype == torch.float64
    torch.testing.assert_close(top, (a.float() * b).double())
    top.sum().backward()
    assert a.grad is not None
    assert a.grad.dtype == torch.float64


def test_backward_sees_the_bottoms_of_its_own_pass() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    layer.shapes((4, 3), (4, 3))
    a, b, weights = numbers(4, 3).float().requires_grad_(), numbers(4, 3, seed=2).float(), torch.ones(3)
    (first,) = UserCode.apply(layer.user(), (None, None), 2, a, b, weights)  # type: ignore[no-untyped-call]
    UserCode.apply(layer.user(), (None, None), 2, a, 7 * b, weights)  # type: ignore[no-untyped-call]
    (found,) = torch.autograd.grad(first.sum(), a)
    torch.testing.assert_close(found, b)
