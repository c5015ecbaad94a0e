from __future__ import annotations

import pytest
import torch

from netdef.layers.convolution import Convolution
from netdef.layers.inner_product import InnerProduct
from netdef.module import one_dnn
from tests.layers.contract import make
from tests.nets import numbers

OPTIONS = "num_output: 6 kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0 group: 2"
IMAGES = numbers(2, 4, 7, 5).contiguous(memory_format=torch.channels_last)


def convolution() -> Convolution:
    found = make("Convolution", f"convolution_param {{ {OPTIONS} }}")
    assert isinstance(found, Convolution)
    return found


def product(options: str = "") -> InnerProduct:
    found = make("InnerProduct", f"inner_product_param {{ num_output: 6 {options} }}")
    assert isinstance(found, InnerProduct)
    return found


needs_operators = pytest.mark.skipif(not one_dnn.works(), reason="this torch has no such operators")


@needs_operators
@pytest.mark.parametrize("bias", [None, numbers(6, seed=2)])
def test_kernels_laid_out_convolve_as_others_do(bias: torch.Tensor | None) -> None:
    weight = numbers(6, 2, 3, 2, seed=1)
    found = one_dnn.packed(convolution(), weight, bias, IMAGES)
    assert found is not None
    for x in (IMAGES, IMAGES[:1], IMAGES[:, :, :5]):  # laid out for the first
        torch.testing.assert_close(found(x), convolution().linear(x, weight, bias), rtol=1e-5, atol=1e-5)


@needs_operators
def test_a_window_may_reach_beyond_the_end() -> None:
    weight, narrow = numbers(6, 2, 3, 2, seed=1), IMAGES[..., :1]
    layer = make("Convolution", f"convolution_param {{ {OPTIONS.replace('stride_w: 1', 'stride_w: 2')} }}")
    assert isinstance(layer, Convolution)
    for like in (IMAGES, narrow.contiguous(memory_format=torch.channels_last)):
        found = one_dnn.packed(layer, weight, None, like)
        assert found is not None
        torch.testing.assert_close(found(narrow), layer.linear(narrow, weight, None), rtol=1e-5, atol=1e-5)


@needs_operators
@pytest.mark.parametrize(("options", "shape"), [("", (6, 140)), ("transpose: true", (140, 6))])
def test_a_matrix_laid_out_multiplies_as_others_do(options: str, shape: tuple[int, int]) -> None:
    weight = numbers(*shape, seed=1)
    found = one_dnn.packed(product(options), weight, None, IMAGES)
    assert found is not None
    torch.testing.assert_close(found(IMAGES), product(options).linear(IMAGES, weight, None), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("x", [IMAGES.double(), IMAGES.contiguous(), IMAGES[:0], IMAGES.to("meta")])
def test_other_bottoms_are_left_to_torch(x: torch.Tensor) -> None:
    assert one_dnn.packed(convolution(), numbers(6, 2, 3, 2).to(x), None, x) is None


def test_volumes_are_left_to_torch() -> None:
    assert one_dnn.packed(convolution(), numbers(6, 2, 3, 3, 2), None, numbers(2, 4, 3, 7, 5)) is None


def test_operators_that_are_not_there_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*given: object) -> None:
        raise AttributeError("'_OpNamespace' 'mkldnn' object has no attribute '_linear_pointwise'")

    monkeypatch.setattr(one_dnn, "_tried", gone)
    one_dnn.works.cache_clear()
    assert one_dnn.packed(product(), numbers(6, 140), None, IMAGES) is None
    one_dnn.works.cache_clear()


def test_operators_that_compute_something_else_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_dnn, "_tried", lambda x, weight: [x @ weight.t()])
    one_dnn.works.cache_clear()
    assert not one_dnn.works()
    one_dnn.works.cache_clear()
