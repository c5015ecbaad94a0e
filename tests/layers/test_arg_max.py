from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers, run


def ranked(values: list[float]) -> list[tuple[float, int]]:
    """Return (value, index) pairs, the largest value first, and of equal ones the largest index."""
    return sorted(((value, index) for index, value in enumerate(values)), reverse=True)


@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (3, 7), (3, 2, 2, 3, 2)])
@pytest.mark.parametrize("values", ["", "out_max_val: true"])
def test_the_largest_of_each_item(shape: tuple[int, ...], values: str) -> None:
    x = numbers(*shape)
    made = make("ArgMax", f"argmax_param {{ top_k: 4 {values} }}")
    (y,), _ = check_layer(made, x, differentiable=False)
    assert y.shape == (3, 2 if values else 1, 4, *(1,) * (len(shape) - 3))
    for n in range(3):
        for k, (value, index) in enumerate(ranked(x[n].flatten().tolist())[:4]):
            assert y[n, 0, k].item() == index
            assert not values or y[n, 1, k].item() == value


@pytest.mark.parametrize(("option", "values"), [("axis: 1", False), ("axis: -2 out_max_val: true", True)])
def test_the_largest_along_an_axis(option: str, values: bool) -> None:
    x = numbers(2, 5, 3) if option == "axis: 1" else numbers(2, 5, 3).transpose(0, 2).contiguous()
    made = make("ArgMax", f"argmax_param {{ top_k: 2 {option} }}")
    (y,), _ = check_layer(made, x, differentiable=False)
    assert y.shape == (x.shape[0], 2, x.shape[2])
    for n, place in np.ndindex(x.shape[0], x.shape[2]):
        for k, (value, index) in enumerate(ranked(x[n, :, place].tolist())[:2]):
            assert y[n, k, place] == (value if values else index)


def test_of_equal_numbers_the_larger_index_comes_first() -> None:
    (y,) = run(make("ArgMax", "argmax_param { top_k: 3 }"), torch.tensor([[5.0, 1, 5, 1, 5, 1]]))
    assert y.tolist() == [[[4, 2, 0]]]


def test_a_number_an_item_is_the_largest_of_its_item() -> None:
    made = make("ArgMax", "argmax_param { out_max_val: true }")
    (y,), _ = check_layer(made, numbers(3), differentiable=False)
    np.testing.assert_array_equal(y[:, :, 0], [[0, value] for value in numbers(3).tolist()])


def test_no_gradient_goes_down() -> None:
    assert not make("ArgMax").takes_gradient(0)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(OptionError, match="top_k is 0, must be at least 1"):
        make("ArgMax", "argmax_param { top_k: 0 }")
    with pytest.raises(ShapeError, match="top_k is 5, must be at most 3, as bottom is 2×3") as caught:
        make("ArgMax", "argmax_param { top_k: 5 }").shapes((2, 3))
    assert caught.value.path == ("argmax_param", "top_k")
    with pytest.raises(ShapeError, match="top_k is 4, must be at most 2, as bottom is 2×9"):
        make("ArgMax", "argmax_param { top_k: 4 axis: 0 }").shapes((2, 9))
    with pytest.raises(ShapeError, match="bottom is a single number, must have a batch axis"):
        make("ArgMax").shapes(())
