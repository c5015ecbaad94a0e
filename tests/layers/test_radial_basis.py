from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers

CODES = 'radial_basis_param { code: "##." "#.#" code: "... .##" }'
SIGNS = np.array([[1, 1, -1, 1, -1, 1], [-1, -1, -1, -1, 1, 1]])


def test_radial_basis_by_its_formula() -> None:
    x = numbers(4, 3, 2)
    (y,), _ = check_layer(make("RadialBasis", CODES), x)
    want = np.zeros((4, 2))
    for n, i, k in np.ndindex(4, 2, 6):
        want[n, i] += (float(x[n].flatten()[k]) - SIGNS[i, k]) ** 2
    np.testing.assert_allclose(y, want)


def test_nothing_is_learned_but_much_is_multiplied() -> None:
    made = make("RadialBasis", CODES)
    assert made.parameters((4, 6)) == ()
    assert made.macs((4, 6)) == 4 * 6 * 2
    assert made.shapes((None, 6)) == ((None, 2),)


@pytest.mark.parametrize(
    ("codes", "words", "path"),
    [
        ("", "has no code, must have one for each output", ()),
        ('code: "##" code: "#o"', "code 1 holds 'o': \"#\" is \\+1", ("code", 1)),
        ('code: " "', "code 0 is empty", ("code", 0)),
        ('code: "#.#" code: "##"', "code 1 has 2 signs, must have as many as code 0, 3", ("code", 1)),
    ],
)
def test_impossible_codes_are_refused(codes: str, words: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        make("RadialBasis", f"radial_basis_param {{ {codes} }}")
    assert refused.value.path == ("radial_basis_param", *path)


def test_items_of_another_length_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom is 4×5, must have 6 numbers an item"):
        make("RadialBasis", CODES).shapes((4, 5))
