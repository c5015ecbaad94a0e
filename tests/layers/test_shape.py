from __future__ import annotations

import pytest

from netdef.errors import ShapeError
from netdef.layers.shape import agree, canonical_axis, compatible, count, merge, need_axes, show


def test_count_multiplies_and_gives_up_at_an_unknown_length() -> None:
    assert count((2, 3, 5)) == 30
    assert count(()) == 1
    assert count((2, None, 5)) is None
    assert count((2, 0)) == 0


def test_show_writes_shapes_for_people() -> None:
    assert show((64, 3, None, 227)) == "64×3×?×227"
    assert show(()) == "()"


def test_unknown_lengths_agree_with_all() -> None:
    assert agree(None, 3)
    assert agree(3, None)
    assert not agree(3, 4)
    assert compatible((None, 3), (7, 3))
    assert not compatible((None, 3), (7, 4))
    assert not compatible((3,), (3, 1))


def test_merge_keeps_what_is_known() -> None:
    assert merge(None, 4) == 4
    assert merge(4, None) == 4
    assert merge(None, None) is None


def test_axes_count_from_either_end() -> None:
    assert canonical_axis(-1, 4, "p.axis") == 3
    assert canonical_axis(2, 4, "p.axis") == 2
    for axis in (4, -5):
        with pytest.raises(ShapeError, match=f"p.axis is {axis}, but bottom has 4 axes") as caught:
            canonical_axis(axis, 4, "p.axis")
        assert caught.value.path == ("p", "axis")


def test_a_wrong_number_of_axes_is_refused() -> None:
    need_axes((1, 2), 2)
    with pytest.raises(ShapeError, match=r"labels has 2 axes \(7×\?\), must have 4"):
        need_axes((7, None), 4, "labels")
