from __future__ import annotations

import pytest
import torch

from netdef.layers.base import Context
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.draws import Draws
from netdef.layers.scale import Scale
from netdef.module.folded import composed, folded
from tests.layers.contract import make
from tests.nets import numbers

CTX = Context(train=False, draws=Draws(0, "x"))


def normalization() -> BatchNorm:
    found = make("BatchNorm", "batch_norm_param { use_global_stats: true eps: 0.01 }")
    assert isinstance(found, BatchNorm)
    return found


def factors() -> Scale:
    found = make("Scale", "scale_param { bias_term: true }")
    assert isinstance(found, Scale)
    return found


def offsets() -> Bias:
    found = make("Bias")
    assert isinstance(found, Bias)
    return found


STATISTICS = [numbers(3, seed=1), numbers(3, seed=2).abs(), torch.tensor([4.0])]


def test_layers_one_after_the_other_are_one_factor_and_one_offset() -> None:
    x, blobs = numbers(2, 3, 4, 5), [STATISTICS, [numbers(3, seed=3), numbers(3, seed=4)], [numbers(3, seed=5)]]
    factor, offset = composed([normalization(), factors(), offsets()], blobs)
    (y,) = normalization().forward(Context(False, Draws(0, "x"), STATISTICS), (), x)
    (y,) = factors().forward(CTX, blobs[1], y)
    (y,) = offsets().forward(CTX, blobs[2], y)
    mine = x * factor.view(3, 1, 1) + offset.view(3, 1, 1)
    torch.testing.assert_close(mine.float(), y, rtol=1e-5, atol=1e-6)


def test_statistics_of_nothing_are_zeros_as_in_caffe() -> None:
    factor, offset = composed([normalization()], [[numbers(3), numbers(3, seed=1), torch.zeros(1)]])
    torch.testing.assert_close(factor.float(), torch.full((3,), 10.0))
    assert not offset.any()


@pytest.mark.parametrize("bias", [[], [numbers(3, seed=6)]])
def test_kernels_take_factor_and_offset_in(bias: list[torch.Tensor]) -> None:
    options = f"convolution_param {{ num_output: 3 kernel_size: 2 bias_term: {str(bool(bias)).lower()} }}"
    layer = make("Convolution", options)
    assert isinstance(layer, Convolution)
    x, weight = numbers(2, 4, 5, 6), numbers(3, 4, 2, 2, seed=7)
    (wanted,) = layer.forward(CTX, [weight, *bias], x)
    (wanted,) = normalization().forward(Context(False, Draws(0, "x"), STATISTICS), (), wanted)
    own = folded(layer, [normalization()], [[weight, *bias], STATISTICS])
    torch.testing.assert_close(layer.linear(x, *own), wanted, rtol=1e-5, atol=1e-5)


def test_without_affine_layers_the_weights_are_the_layer_s_own() -> None:
    layer = make("Convolution", "convolution_param { num_output: 3 kernel_size: 2 bias_term: false }")
    assert isinstance(layer, Convolution)
    weight = numbers(3, 4, 2, 2)
    assert folded(layer, [], [[weight]]) == (weight, None)
