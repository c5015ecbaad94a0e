from __future__ import annotations

import pytest
import torch

from netdef.layers.functions.interleaved import interleaved, takes
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]


@pytest.mark.parametrize("shape", [(2, 3, 7, 5), (1, 3, 61, 67), (3, 2, 40, 33), (2, 4, 1, 9)])
def test_images_are_the_same_with_their_channels_last(shape: tuple[int, ...], kernels: str) -> None:
    x = numbers(*shape)
    y = interleaved(x)
    assert torch.equal(y, x)
    assert y.is_contiguous(memory_format=torch.channels_last)


@needs_kernels
def test_few_channels_without_gradients_are_taken() -> None:
    x = numbers(2, 3, 7, 5)
    assert takes(x)
    others = x[:, :1], numbers(2, 5, 7, 5), x.double(), x.transpose(2, 3), x[:0], x.clone().requires_grad_(), x[0]
    assert not any(map(takes, others))
