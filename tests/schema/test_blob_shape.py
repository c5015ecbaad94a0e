from __future__ import annotations

from netdef.schema import weights_pb2 as schema
from netdef.schema.blob_shape import blob_shape


def test_the_old_lengths_win_wherever_one_is_set() -> None:
    new = schema.BlobShape(dim=[2, 3])
    assert blob_shape(schema.BlobProto(shape=new)) == (2, 3)
    assert blob_shape(schema.BlobProto(shape=new, channels=5)) == (0, 5, 0, 0)
    assert blob_shape(schema.BlobProto(num=1, channels=5, height=6, width=7)) == (1, 5, 6, 7)
    assert blob_shape(schema.BlobProto()) == ()
