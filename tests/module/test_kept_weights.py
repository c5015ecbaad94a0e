from __future__ import annotations

import pytest
import torch

from netdef.layers.convolution import Convolution
from netdef.layers.functions import winograd
from netdef.layers.inner_product import InnerProduct
from netdef.module import one_dnn
from netdef.module.kept_weights import prepared
from tests.layers.contract import make
from tests.nets import numbers


def convolution(outputs: int) -> Convolution:
    found = make("Convolution", f"convolution_param {{ num_output: {outputs} kernel_size: 3 pad: 1 group: 2 }}")
    assert isinstance(found, Convolution)
    return found


def test_values_of_large_kernels_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = numbers(2, 256, 24, 24).contiguous(memory_format=torch.channels_last)
    layer, weight, bias = convolution(256), numbers(256, 128, 3, 3, seed=1), numbers(256, seed=2)
    found, exact = prepared(layer, weight, bias, x), layer.linear(x.double(), weight.double(), bias.double())
    monkeypatch.delattr(winograd, "values_of")
    assert found is not None
    torch.testing.assert_close(found(x).double(), exact, rtol=0, atol=5e-6 * exact.abs().max().item())
    torch.testing.assert_close(found(x[1:]), found(x)[1:], rtol=1e-5, atol=1e-5)
    assert found(x[:, :, :7]).shape == (2, 256, 7, 24)


@pytest.mark.skipif(not one_dnn.works(), reason="this torch has no such operators")
def test_other_weights_are_laid_out() -> None:
    x = numbers(2, 4, 6, 6).contiguous(memory_format=torch.channels_last)
    small, weight = convolution(6), numbers(6, 2, 3, 3, seed=1)
    found = prepared(small, weight, None, x)
    assert found is not None
    torch.testing.assert_close(found(x), small.linear(x, weight, None))
    product = make("InnerProduct", "inner_product_param { num_output: 6 }")
    assert isinstance(product, InnerProduct)
    assert prepared(product, numbers(6, 144, seed=1), None, x) is not None
