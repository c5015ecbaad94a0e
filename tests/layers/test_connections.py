from __future__ import annotations

import numpy as np
import pytest
from google.protobuf import text_format

from netdef.errors import OptionError, ShapeError
from netdef.layers.connections import Connections, read_connections
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import numbers

TABLE = Connections(((0, 2), (1,), (2, 1, 0)))
ROWS = "connection { input: 0 input: 2 } connection { input: 1 } connection { input: [2, 1, 0] }"


def read(text: str) -> Connections | None:
    return read_connections(text_format.Parse(text, schema.ConvolutionParameter()))


def test_rows_are_read() -> None:
    assert read(f"num_output: 3 {ROWS}") == TABLE
    assert len(TABLE) == 6
    assert read("num_output: 3") is None


def test_kernels_stand_where_the_rows_say_and_elsewhere_there_are_zeros() -> None:
    kernels = numbers(6, 2, 5)
    whole = TABLE.whole(kernels, 4).numpy()
    want = np.zeros((3, 4, 2, 5))
    order = iter(kernels.numpy())
    for output, row in enumerate(TABLE.rows):
        for channel in row:
            want[output, channel] = next(order)
    np.testing.assert_array_equal(whole, want)


def test_a_channel_that_is_not_there_is_refused() -> None:
    TABLE.check_channels(3)
    with pytest.raises(ShapeError, match="output 0 sees input 2, but bottom has 2 channels") as refused:
        TABLE.check_channels(2)
    assert refused.value.path == ("convolution_param", "connection", 0, "input", 1)


@pytest.mark.parametrize(
    ("text", "words", "path"),
    [
        (f"num_output: 4 {ROWS}", "has 3 connection rows, must have 4: one for each output", ("connection", 0)),
        (f"num_output: 3 group: 3 {ROWS}", "group is 3, must be 1 with connection", ("group",)),
        (
            "num_output: 2 connection { input: 1 } connection { input: [0, 2, 0] }",
            "the connection of output 1 names input 0 more than once",
            ("connection", 1),
        ),
        ("num_output: 1 connection { }", "the connection of output 0 names no input", ("connection", 0)),
    ],
)
def test_refused(text: str, words: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        read(text)
    assert refused.value.path == ("convolution_param", *path)
