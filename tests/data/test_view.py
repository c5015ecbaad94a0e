from __future__ import annotations

import pytest

from netdef.data.transform import Cut
from netdef.data.view import views_of
from netdef.errors import DataError, UsageError


def test_ten_views_are_corners_and_middle_with_reflections() -> None:
    cuts = [view.cut(9, 12, 4) for view in views_of(10)]
    corners = [(0, 0), (0, 8), (5, 0), (5, 8), (2, 4)]
    assert cuts == [Cut(*place, mirrored) for mirrored in (False, True) for place in corners]


def test_one_view_is_the_middle_as_a_single_test_has_it() -> None:
    assert [view.cut(9, 12, 4) for view in views_of(1)] == [Cut(2, 4, False)]


def test_a_grid_reaches_from_edge_to_edge() -> None:
    cuts = [view.cut(10, 13, 4) for view in views_of(18)]
    places = [(top, left) for top in (0, 3, 6) for left in (0, 4, 9)]
    assert cuts == [Cut(*place, mirrored) for mirrored in (False, True) for place in places]
    assert len(views_of(50)) == 50
    assert [view.cut(9, 12, 4) for view in views_of(2)] == [Cut(2, 4, False), Cut(2, 4, True)]


def test_each_scale_has_its_crops() -> None:
    views = views_of(50, (256, 384, 512))
    assert len(views) == 150
    assert [view.side for view in views[::50]] == [256, 384, 512]
    assert {view.side for view in views_of(10)} == {0}


@pytest.mark.parametrize("crops", [-2, 0, 3, 4, 9, 12, 20])
def test_other_numbers_are_refused(crops: int) -> None:
    with pytest.raises(UsageError, match=f"^{crops} crops: must be 1 .*, 10 .*, or a grid"):
        views_of(crops)


def test_a_scale_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="a scale is 0, must be at least 1"):
        views_of(1, (256, 0))


def test_an_image_smaller_than_the_crop_is_refused() -> None:
    with pytest.raises(DataError, match="crop_size is 10, but the image is only 9×12"):
        views_of(10)[0].cut(9, 12, 10)
