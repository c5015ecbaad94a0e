from __future__ import annotations

import pytest

from netdef.errors import OptionError, WiringError
from netdef.layers.base import Kind
from netdef.layers.register import layer_types
from netdef.layers.source import Source, batch_length, cropped
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import context, make, numbers


def test_sources_take_no_bottoms_and_pass_on_what_is_fed() -> None:
    kinds = [cls for cls in layer_types().values() if cls.source]
    assert {"Data", "Input", "HDF5Data"} <= {cls.type for cls in kinds}
    assert all(cls.kind is Kind.DATA for cls in kinds if issubclass(cls, Source))
    made = make("Input", bottoms=0, tops=2)
    x, y = numbers(2, 3), numbers(5)
    assert made.forward(context(made), (), x, y) == (x, y)
    with pytest.raises(WiringError, match=r"has 1 bottom \(b0\), takes exactly 0"):
        make("Input")


def test_a_batch_has_at_least_one_record() -> None:
    assert batch_length(3, "data_param") == 3
    with pytest.raises(OptionError, match="batch_size is 0, must be at least 1") as caught:
        batch_length(0, "data_param")
    assert caught.value.path == ("data_param", "batch_size")


def test_a_crop_makes_records_square() -> None:
    crop = schema.TransformationParameter(crop_size=5)
    assert cropped((3, 8, 7), crop) == (3, 5, 5)
    assert cropped((None, None, None), crop) == (None, 5, 5)
    assert cropped((3, 8, 7), schema.TransformationParameter()) == (3, 8, 7)
    with pytest.raises(OptionError, match="crop_size is 5, but the records are 8×4"):
        cropped((3, 8, 4), crop)
