from __future__ import annotations

import numpy as np
import pytest

from netdef.schema import weights_pb2
from netdef.weights.wire import field, varint


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**14, 2**31 - 1, 2**40])
def test_a_varint_is_what_protobuf_writes(number: int) -> None:
    written = weights_pb2.SourcePosition(ordinal=number).SerializeToString()
    assert written == b"\x18" + varint(number)


@pytest.mark.parametrize("length", [0, 5, 127, 128, 20_000])
def test_a_field_is_what_protobuf_writes(length: int) -> None:
    content = np.arange(length, dtype=np.uint8).data
    written = weights_pb2.BlobProto(data=bytes(content)).SerializeToString()
    assert b"".join(field(5, [content])) == written


def test_a_field_number_above_15_takes_two_bytes() -> None:
    layer = weights_pb2.LayerParameter(name="conv1")
    written = weights_pb2.NetParameter(layer=[layer]).SerializeToString()
    assert b"".join(field(100, [layer.SerializeToString()])) == written


def test_large_content_is_not_copied() -> None:
    content = np.zeros(8, np.uint8).data
    assert field(5, [b"x", content])[2] is content
