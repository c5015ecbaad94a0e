from __future__ import annotations

import json
import math

import numpy as np

from netdef.inspect.comparison import Comparison, compare
from netdef.inspect.comparison_text import plain, text
from netdef.inspect.recording import Recording

ONE = np.array([[1.0, -4.0, 2.0]], np.float32)
A = Recording({"x": ONE, "y": ONE, "z": ONE, "v": ONE}, {"l/0": ONE, "m/0": ONE})
B = Recording({"x": ONE, "why": ONE + 1, "z": ONE[0], "w": ONE}, {"l/0": ONE + 2, "m/0": ONE + 1})
FOUND = compare(A, B, {"y": "why"}, 1e-3)


def lines(comparison: Comparison) -> list[str]:
    return list(text(comparison, lambda blob: [f"make_{blob}", "relu"]))


def test_the_blobs_stand_in_columns_with_the_first_that_differs_marked() -> None:
    assert lines(FOUND)[:4] == [
        "   blob     layers        shape    magnitude  difference  relative",
        "   x        make_x, relu  1×3              4           0         0",
        "▶  y = why  make_y, relu  1×3              4           1      0.25",
        "!  z        make_z, relu  1×3 | 3          4           -         -",
    ]


def test_the_gradients_follow_the_first_on_the_way_down_marked() -> None:
    start = lines(FOUND).index("gradients of parameters:")
    assert lines(FOUND)[start + 1 : start + 4] == [
        "   blob  shape  magnitude  difference  relative",
        "!  l/0   1×3            4           2       0.5",
        "▶  m/0   1×3            4           1      0.25",
    ]


def test_the_end_tells_what_was_not_compared_and_how_much_agrees() -> None:
    assert lines(FOUND)[-4:] == [
        "not in B: v",
        "not in A: w",
        "blobs compared: 3, 2 differ by more than 0.001 of the largest magnitude",
        "gradients compared: 2, 2 differ by more than 0.001 of the largest magnitude",
    ]


def test_where_all_agrees_little_is_said() -> None:
    same = Recording({"x": ONE})
    assert lines(compare(same, same, {}, 1e-4)) == [
        "blob  layers        shape  magnitude  difference  relative",
        "x     make_x, relu  1×3            4           0         0",
        "",
        "blobs compared: 1, all agree to 0.0001 of the largest magnitude",
    ]


def test_long_lists_are_cut() -> None:
    many = Recording({f"b{number}": ONE for number in range(11)})
    assert (
        lines(compare(many, Recording({"b0": ONE}), {}, 0))[-2] == "not in B: b1, b2, b3, b4, b5, b6, b7, b8 and 2 more"
    )


def test_the_same_as_numbers() -> None:
    found = json.loads(json.dumps(plain(FOUND), allow_nan=False))
    assert found["blobs"][1] == {
        "name": "y",
        "other": "why",
        "shape": [1, 3],
        "other_shape": [1, 3],
        "magnitude": 4,
        "difference": 1,
        "relative": 0.25,
        "exceeds": True,
    }
    assert (found["first_blob"], found["first_gradient"], found["tolerance"]) == ("y", "m/0", 1e-3)
    assert (found["only_a"], found["only_b"]) == (["v"], ["w"])
    assert found["blobs"][2]["difference"] is None


def test_what_is_no_number_is_null() -> None:
    found = compare(Recording({"x": ONE * math.nan}), Recording({"x": ONE}), {}, 0)
    assert json.loads(json.dumps(plain(found), allow_nan=False))["blobs"][0]["relative"] is None
    assert lines(found)[1].split()[-2:] == ["inf", "inf"]
