from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from netdef.layers.functions import winograd_points as points
from netdef.layers.functions.winograd_points import KERNEL, OUTPUTS, POINTS
from tests.layers.contract import numbers

Fill = Callable[[points.Views, points.Views, points.Views], None]


def filled(fill: Fill, given: Tensor, count: int) -> Tensor:
    found = given.new_full((count, *given.shape[1:]), torch.nan)
    fill(given.unbind(), found.unbind(), torch.empty(2, *given.shape[1:], dtype=given.dtype).unbind())
    return found


def input_slopes(values: Tensor) -> Tensor:
    """Go back through one tile: what the next tile shares is apart."""
    own, next_tile = values.new_full((OUTPUTS, *values.shape[1:]), torch.nan), torch.zeros_like(values[:2])
    points.input_slopes(values.unbind(), own.unbind(), next_tile.unbind(), torch.empty_like(values[:2]).unbind())
    return torch.cat([own, next_tile])


def test_products_of_values_at_the_points_are_the_filter() -> None:
    inputs, kernel = numbers(POINTS, 3), numbers(KERNEL, 3, seed=1)
    values = filled(points.input_values, inputs, POINTS)
    kernels = torch.tensor(points.kernel_values(), dtype=torch.float64) @ kernel
    found = filled(points.outputs, values * kernels, OUTPUTS)
    wanted = torch.stack([(inputs[place : place + KERNEL] * kernel).sum(0) for place in range(OUTPUTS)])
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("there", "places", "back"),
    [
        (lambda x: filled(points.input_values, x, POINTS), POINTS, input_slopes),
        (lambda v: filled(points.outputs, v, OUTPUTS), POINTS, lambda y: filled(points.output_slopes, y, POINTS)),
    ],
)
def test_slopes_are_the_transpose(
    there: Callable[[Tensor], Tensor], places: int, back: Callable[[Tensor], Tensor]
) -> None:
    matrix = there(torch.eye(places, dtype=torch.float64))
    transpose = back(torch.eye(len(matrix), dtype=torch.float64))
    torch.testing.assert_close(transpose, matrix.t(), rtol=0, atol=1e-14)


def test_gradients_of_shared_inputs_are_added() -> None:
    values = numbers(POINTS, 2)
    own, shared = torch.empty(OUTPUTS, 2, dtype=torch.float64), numbers(2, 2, seed=1)
    before = shared.clone()
    points.input_slopes(values.unbind(), own.unbind(), shared.unbind(), torch.empty_like(values[:2]).unbind())
    torch.testing.assert_close(shared - before, input_slopes(values)[OUTPUTS:], rtol=0, atol=1e-14)
