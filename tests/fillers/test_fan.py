"""The n of xavier and msra, by shape and variance_norm."""

from __future__ import annotations

import pytest

from netdef.fillers.fan import fan
from netdef.schema import netdef_pb2 as schema


@pytest.mark.parametrize(
    ("shape", "norm", "expected"),
    [
        ((2, 3, 5, 7), "FAN_IN", 105),
        ((2, 3, 5, 7), "FAN_OUT", 70),
        ((2, 3, 5, 7), "AVERAGE", 87.5),
        ((4, 6), "FAN_IN", 6),
        ((4, 6), "FAN_OUT", 4),
        ((9,), "FAN_IN", 1),
        ((9,), "FAN_OUT", 9),
        ((9,), "AVERAGE", 5),
    ],
)
def test_fan(shape: tuple[int, ...], norm: str, expected: float) -> None:
    filler = schema.FillerParameter(variance_norm=norm)
    assert fan(filler, shape) == expected


def test_fan_in_is_the_default() -> None:
    assert fan(schema.FillerParameter(), (2, 3, 5)) == 15
