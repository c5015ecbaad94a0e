from __future__ import annotations

import pytest

from netdef.errors import OptionError, ShapeError
from netdef.layers.renamed_axis import RenamedAxis, read_axis
from netdef.schema import netdef_pb2 as schema


def test_the_default_is_axis_one() -> None:
    assert read_axis(schema.ConcatParameter(), "concat_param", "concat_dim") == RenamedAxis(1, "concat_param.axis")


def test_either_name_is_read() -> None:
    assert read_axis(schema.SliceParameter(axis=-2), "slice_param", "slice_dim").within(3) == 1
    assert read_axis(schema.SliceParameter(slice_dim=2), "slice_param", "slice_dim").within(3) == 2


def test_both_names_are_refused() -> None:
    with pytest.raises(OptionError, match=r"axis \(2\) and slice_dim \(1\) are both given") as caught:
        read_axis(schema.SliceParameter(axis=2, slice_dim=1), "slice_param", "slice_dim")
    assert caught.value.path == ("slice_param", "slice_dim")


def test_an_axis_that_is_not_there_is_refused_under_the_name_given() -> None:
    with pytest.raises(ShapeError, match=r"slice_param\.slice_dim is 3, but bottom has 3 axes"):
        read_axis(schema.SliceParameter(slice_dim=3), "slice_param", "slice_dim").within(3)
