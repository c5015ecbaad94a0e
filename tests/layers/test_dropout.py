from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError
from tests.layers.contract import check_layer, context, make, numbers, run


def test_testing_copies() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Dropout"), x)
    np.testing.assert_array_equal(y, x.numpy())


def test_training_drops_the_share_and_scales_up_the_rest() -> None:
    x = numbers(40, 500)
    (y,) = run(make("Dropout", "dropout_param { dropout_ratio: 0.25 }", train=True), x)
    assert float((y == 0).mean()) == pytest.approx(0.25, abs=0.01)
    np.testing.assert_allclose(y[y != 0], x.numpy()[y != 0] / 0.75)


def test_the_gradient_passes_where_numbers_passed() -> None:
    check_layer(make("Dropout", train=True), numbers(2, 3, 4, 5))


def test_a_ratio_of_one_leaves_zeros() -> None:
    (y,) = run(make("Dropout", "dropout_param { dropout_ratio: 1 }", train=True), numbers(4, 50))
    assert not y.any()


def test_a_ratio_of_zero_keeps_all() -> None:
    x = numbers(4, 50)
    (y,) = run(make("Dropout", "dropout_param { dropout_ratio: 0 }", train=True), x)
    np.testing.assert_array_equal(y, x.numpy())


def test_records_lose_the_same_numbers_wherever_they_stand() -> None:
    made = make("Dropout", train=True)
    x, rows = torch.ones(3, 4, 5), torch.tensor([8, 3, 5])
    (one,) = made.forward(context(made, rows=rows), (), x)
    (two,) = made.forward(context(made, rows=rows.flip(0)), (), x)
    assert torch.equal(one, two.flip(0))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_every_dtype_loses_the_same_numbers(dtype: torch.dtype) -> None:
    made = make("Dropout", train=True)
    x = torch.ones(3, 40)
    (one,) = made.forward(context(made), (), x)
    (two,) = made.forward(context(made), (), x.to(dtype))
    assert torch.equal(one == 0, two == 0)


@pytest.mark.parametrize("ratio", [-0.5, 1.5])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(OptionError, match=f"dropout_ratio is {ratio}, must be from 0 to 1"):
        make("Dropout", f"dropout_param {{ dropout_ratio: {ratio} }}")


def test_the_layout_stays() -> None:
    made = make("Dropout", train=True)
    x = torch.ones(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    (y,) = made.forward(context(made), (), x)
    assert y.is_contiguous(memory_format=torch.channels_last)
