"""What a data layer's records look like by its own word, without opening its database."""

from __future__ import annotations

from google.protobuf.message import Message

from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema


def declared_records(layer: schema.LayerParameter) -> tuple[Shape, ...] | None:
    """Return the ``record_shape`` entries of a data layer's options, or None where there are none."""
    for _, options in layer.ListFields():
        given = getattr(options, "record_shape", ()) if isinstance(options, Message) else ()
        if given:
            return tuple(tuple(shape.dim) for shape in given)
    return None
