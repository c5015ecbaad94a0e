from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers


def combine(operation: str, values: list[float], coeffs: list[float]) -> float:
    result = values[0] * coeffs[0]
    for value, coeff in zip(values[1:], coeffs[1:], strict=True):
        if operation == "SUM":
            result += coeff * value
        elif operation == "PROD":
            result *= value
        elif value > result:
            result = value
    return result


@pytest.mark.parametrize(
    ("operation", "coeffs"), [("SUM", [1, 1, 1]), ("SUM", [0.5, -1, 2]), ("PROD", [1, 1, 1]), ("MAX", [1, 1, 1])]
)
def test_eltwise_by_its_formula(operation: str, coeffs: list[float]) -> None:
    bottoms = [numbers(2, 3, 4, 5, seed=seed) for seed in range(3)]
    given = " ".join(f"coeff: {coeff}" for coeff in coeffs) if coeffs != [1, 1, 1] else ""
    made = make("Eltwise", f"eltwise_param {{ operation: {operation} {given} }}", bottoms=3)
    (y,), _ = check_layer(made, *bottoms)
    want = np.zeros_like(y)
    for place in np.ndindex(want.shape):
        want[place] = combine(operation, [float(bottom[place]) for bottom in bottoms], coeffs)
    np.testing.assert_allclose(y, want)


def test_of_equal_maxima_the_second_takes_the_gradient_and_no_later_one() -> None:
    made = make("Eltwise", "eltwise_param { operation: MAX }", bottoms=4)
    bottoms = torch.tensor([[3.0, 1, 0, 2], [3.0, 1, 0, 1], [3.0, 2, 0, 2], [3.0, 2, 1, 0]])
    shares = np.stack(gradients(made, *bottoms))
    assert shares.tolist() == [[0, 0, 0, 4], [1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0]]


@pytest.mark.parametrize("stable", ["true", "false"])
def test_a_zero_factor_gets_the_product_of_the_others_as_gradient(stable: str) -> None:
    made = make("Eltwise", f"eltwise_param {{ operation: PROD stable_prod_grad: {stable} }}", bottoms=3)
    found = gradients(made, torch.tensor([0.0]), torch.tensor([3.0]), torch.tensor([5.0]))
    assert [each.tolist() for each in found] == [[15], [0], [0]]


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        ("", False),
        ("operation: MAX", False),
        ("operation: PROD", False),
        ("operation: PROD stable_prod_grad: false", True),
    ],
)
def test_only_the_division_of_a_product_reads_the_top(options: str, reads: bool) -> None:
    assert make("Eltwise", f"eltwise_param {{ {options} }}", bottoms=2).backward_reads_top is reads


def test_what_one_bottom_knows_helps_the_others() -> None:
    assert make("Eltwise", bottoms=2).shapes((None, 3), (2, None)) == ((2, 3),)


def test_different_shapes_are_refused_with_all_of_them() -> None:
    with pytest.raises(ShapeError, match="bottom 2 is 2×4, must be as bottom 0, 2×3") as caught:
        make("Eltwise", bottoms=3).shapes((2, 3), (None, 3), (2, 4))
    assert caught.value.evidence == ("bottoms are 2×3, ?×3, 2×4",)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("operation: PROD coeff: 1 coeff: 2", "operation is PROD, but coeff is given: only a SUM takes coefficients"),
        ("coeff: 1", "has 1 coeff for 2 bottoms, must have none or 2"),
    ],
)
def test_coefficients_that_fit_nothing_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Eltwise", f"eltwise_param {{ {options} }}", bottoms=2)
