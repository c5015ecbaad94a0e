from __future__ import annotations

import pytest
import torch

from netdef.layers.functions.outer import MOST_LINES, PANEL, outer, takes
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]


@pytest.mark.parametrize(
    ("lines", "outputs", "inputs"),
    [(1, 5, 32), (3, 1, 33), (4, 29, 47), (2, 15, 1024), (5, 31, 2111), (MOST_LINES, 7, 65)],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_numbers_are_those_of_torch(lines: int, outputs: int, inputs: int, threads: int, kernels: str) -> None:
    slopes, x = numbers(lines, outputs, seed=1), numbers(lines, inputs, seed=2)
    room = torch.full((outputs, inputs), torch.nan)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        found = outer(slopes, x, room)
    finally:
        torch.set_num_threads(before)
    assert found is room
    torch.testing.assert_close(found.double(), slopes.t().double() @ x.double(), rtol=1e-5, atol=1e-5)


def test_matrices_may_lie_in_any_order(kernels: str) -> None:
    slopes, x = numbers(3, 4, seed=1), numbers(3, 40, seed=2)
    found = outer(slopes[:, :1].expand(3, 4), x.t().contiguous().t(), torch.empty(4, 40))
    torch.testing.assert_close(found, (slopes[:, :1].t() @ x).expand(4, 40))


def test_what_is_not_a_number_stays_in_its_row(kernels: str) -> None:
    slopes, x = numbers(3, 4, seed=1), numbers(3, 40, seed=2)
    slopes[1, 2] = torch.nan
    found = outer(slopes, x, torch.empty(4, 40))
    assert found.isnan().any(1).tolist() == [False, False, True, False]


@needs_kernels
def test_few_lines_of_plain_numbers_are_taken() -> None:
    slopes, x = numbers(3, 4, seed=1), numbers(3, 40, seed=2)
    assert takes(slopes, x)
    assert not takes(slopes, x[:, : PANEL - 1].contiguous())
    assert not takes(slopes[:0], x[:0])
    assert not takes(slopes.double(), x.double())
    assert not takes(numbers(MOST_LINES + 1, 2), numbers(MOST_LINES + 1, 40))
