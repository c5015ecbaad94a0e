from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(
    ("options", "axis"), [("", 1), ("axis: 2", 2), ("axis: -1", 3), ("axis: 0", 0), ("transpose: true", 1)]
)
def test_inner_product_by_its_formula(options: str, axis: int) -> None:
    x = numbers(2, 3, 4, 2)
    made = make("InnerProduct", f"inner_product_param {{ num_output: 5 {options} }}")
    (y,), (weight, bias) = check_layer(made, x)
    if "transpose" in options:
        assert weight.shape == (24, 5)
        weight = weight.T
    items = x.numpy().reshape(-1, weight.shape[1])
    want = np.zeros((len(items), 5))
    for n in range(len(items)):
        for o in range(5):
            want[n, o] = bias[o] + sum(weight[o, k] * items[n, k] for k in range(weight.shape[1]))
    assert y.shape == (*x.shape[:axis], 5)
    np.testing.assert_allclose(y, want.reshape(y.shape))


def test_without_a_bias_there_is_one_blob() -> None:
    made = make("InnerProduct", "inner_product_param { num_output: 5 bias_term: false }")
    _, params = check_layer(made, numbers(2, 3))
    assert [param.shape for param in params] == [(5, 3)]


def test_fillers_and_multiplications_are_told() -> None:
    made = make(
        "InnerProduct",
        'inner_product_param { num_output: 5 weight_filler { type: "xavier" } bias_filler { value: 1 } }',
    )
    weight, bias = made.parameters((None, 3, 4))
    assert (weight.shape, weight.filler.type) == ((5, 12), "xavier")
    assert (bias.shape, bias.filler.value) == ((5,), 1)
    assert made.macs((2, 3, 4)) == 120
    assert made.parameters((2, None))[0].shape == (5, None)


def test_no_outputs_are_refused() -> None:
    with pytest.raises(OptionError, match="num_output is 0, must be at least 1") as caught:
        make("InnerProduct")
    assert caught.value.path == ("inner_product_param", "num_output")


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"inner_product_param\.axis is 2, but bottom has 2 axes"):
        make("InnerProduct", "inner_product_param { num_output: 5 axis: 2 }").shapes((2, 3))
