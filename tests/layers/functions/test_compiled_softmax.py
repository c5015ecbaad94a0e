from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.compiled_softmax import softmax
from tests.compiled import kernels
from tests.nets import numbers

__all__ = ["kernels"]


def images(*shape: int) -> Tensor:
    return numbers(*shape).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("shape", [(2, 1000, 1, 1), (3, 21, 4, 5), (1, 1, 2, 3), (2, 16, 3, 1)])
@pytest.mark.parametrize("factor", [1, 30, 1000])
def test_numbers_are_those_of_torch(shape: tuple[int, ...], factor: float, kernels: str) -> None:
    x = factor * images(*shape)
    y = softmax(x)
    torch.testing.assert_close(y, x.softmax(1), rtol=1e-6, atol=1e-37)
    torch.testing.assert_close(y.sum(1), torch.ones_like(y[:, 0]))


def test_what_is_not_a_number_or_infinite_is_as_in_torch(kernels: str) -> None:
    x = images(4, 20, 1, 1)
    x[0, 3], x[1, 5], x[2, 0], x[2, 1:] = torch.nan, torch.inf, 1, -torch.inf
    torch.testing.assert_close(softmax(x), x.softmax(1), equal_nan=True)


def test_what_shall_have_gradients_has_them(kernels: str) -> None:
    x = images(2, 5, 3, 4).requires_grad_()
    assert softmax(x).requires_grad
