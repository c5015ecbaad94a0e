from __future__ import annotations

import torch
from torch import nn

from netdef.layers.functions.images import are_images, suits
from netdef.layers.functions.lrn import across_channels
from netdef.layers.functions.pooling import largest
from netdef.layers.pooling_windows import PoolingWindows
from tests.compiled import needs_kernels
from tests.nets import numbers

pytestmark = needs_kernels
X = numbers(2, 8, 6, 5).contiguous(memory_format=torch.channels_last)
WEIGHT = nn.Parameter(numbers(4, 8, 3, 3))


def test_plain_images_with_their_channels_last_are_taken() -> None:
    assert suits(X, WEIGHT)
    assert not suits(X.double(), WEIGHT.double())
    assert not suits(X, WEIGHT.double())
    assert not suits(X.contiguous(), WEIGHT)
    assert not suits(X.to("meta"), WEIGHT)
    assert not suits(X[:0], WEIGHT)
    assert not suits(X[0], WEIGHT)


def test_at_another_precision_they_are_taken_but_not_multiplied() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert are_images(X)
        assert not suits(X, WEIGHT)
        assert not are_images(X.bfloat16())


def test_what_is_normalized_at_another_precision_is_pooled_by_kernels() -> None:
    x = X.bfloat16().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        y = largest(across_channels(x, 5, 1.0, 0.75, 1.0), PoolingWindows((3, 3), (2, 2)))
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "CompiledMaximaBackward"
    y.sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert x.grad.dtype == torch.bfloat16
