from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.data.datum import parse_datum, write_datum
from netdef.data.lmdb_source import LmdbSource
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

LENGTHS = st.none() | st.integers(0, 2**31 - 1)
MESSAGES = st.builds(
    schema.Datum,
    channels=LENGTHS,
    height=LENGTHS,
    width=LENGTHS,
    data=st.none() | st.binary(max_size=300),
    label=st.none() | st.integers(-(2**31), 2**31 - 1),
    float_data=st.lists(st.floats(width=32, allow_nan=False), max_size=9),
    encoded=st.none() | st.booleans(),
)


def _floats(message: schema.Datum) -> bytes:
    return np.array(message.float_data, "<f4").tobytes()


def _fields(message: schema.Datum) -> dict[str, object]:
    return {field.name: value for field, value in message.ListFields()} | {"float_data": _floats(message)}


@given(MESSAGES)
def test_reads_what_protobuf_writes(message: schema.Datum) -> None:
    datum = parse_datum(message.SerializeToString())
    found = (datum.channels, datum.height, datum.width, bytes(datum.data), datum.label, datum.encoded)
    assert found == (message.channels, message.height, message.width, message.data, message.label, message.encoded)
    assert datum.float_data == _floats(message)


@given(MESSAGES)
def test_writes_what_protobuf_writes(message: schema.Datum) -> None:
    assert write_datum(**_fields(message)) == message.SerializeToString()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["lmdb_raw", "lmdb_jpg", "lmdb_float"])
def test_writes_what_caffe_wrote(golden: Path, name: str) -> None:
    source = LmdbSource(golden / "data" / name)
    for ordinal in range(len(source)):
        content = bytes(source.read(ordinal).value)
        assert write_datum(**_fields(schema.Datum.FromString(content))) == content  # type: ignore[arg-type]
    source.close()


def test_reads_packed_floats_and_fields_in_any_order_and_steps_over_others() -> None:
    values = np.array([1.5, -2, 3e9], "<f4").tobytes()
    packed = b"\x38\x01" + b"\x7a\x02??" + b"\x32\x0c" + values + b"\x22\x02ab" + b"\x08\x05"
    datum = parse_datum(packed)
    assert (datum.float_data, bytes(datum.data), datum.channels, datum.encoded) == (values, b"ab", 5, True)


def test_the_last_of_two_values_counts() -> None:
    assert parse_datum(b"\x28\x01\x28\x07").label == 7


def test_data_is_a_view_not_a_copy() -> None:
    record = bytearray(write_datum(data=b"pixels"))
    datum = parse_datum(memoryview(record))
    record[-1:] = b"S"
    assert bytes(datum.data) == b"pixelS"


def test_a_cut_off_record_says_what_is_missing() -> None:
    record = write_datum(channels=3, data=bytes(200), label=7, encoded=True)
    with pytest.raises(DataError, match="announces 200 bytes, but the record ends after 50"):
        parse_datum(record[:55])


def test_every_cut_is_noticed_or_falls_between_fields() -> None:
    record = write_datum(channels=300, height=2, width=1, data=b"ab", label=-1, float_data=bytes(8), encoded=True)
    whole = 0
    for length in range(len(record)):
        try:
            parse_datum(record[:length])
        except DataError:
            continue
        whole += 1
    assert whole == 8  # nothing at all, and behind each of the seven values that are not the last
