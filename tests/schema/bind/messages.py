"""Random messages of any schema, and a schema that has every kind of field."""

import math
from functools import cache

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from netdef.schema.bind.fields import descriptor_of

_SCALAR_TYPES = [
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64",
    "float", "double", "bool", "string", "bytes",
]  # fmt: skip


@cache
def everything() -> type[Message]:
    """Return a message class with a single, a repeated field of every type, and a block with a required field."""
    file = descriptor_pb2.FileDescriptorProto(name="everything.proto", package="test", syntax="proto2")
    outer = file.message_type.add(name="Everything")
    enum = outer.enum_type.add(name="Colour")
    for name, number in [("RED", 0), ("GREEN", 7), ("MINUS", -3)]:
        enum.value.add(name=name, number=number)
    inner = file.message_type.add(name="Inner")
    _add(inner, "needed", 1, "int32", label=FieldDescriptor.LABEL_REQUIRED)
    _add(inner, "text", 2, "string")
    _add(inner, "outer", 3, "message", ".test.Everything")
    kinds: list[tuple[str, str | None]] = [(name, None) for name in _SCALAR_TYPES] + [
        ("enum", ".test.Everything.Colour"),
        ("message", ".test.Inner"),
    ]
    for number, (kind, type_name) in enumerate(kinds, 1):
        _add(outer, f"one_{kind}", number, kind, type_name)
        _add(outer, f"many_{kind}", 100 + number, kind, type_name, FieldDescriptor.LABEL_REPEATED)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("test.Everything"))


def _add(
    message: descriptor_pb2.DescriptorProto,
    name: str,
    number: int,
    kind: str,
    type_name: str | None = None,
    label: int = FieldDescriptor.LABEL_OPTIONAL,
) -> None:
    field_type = getattr(FieldDescriptor, f"TYPE_{kind.upper()}")
    message.field.add(name=name, number=number, type=field_type, type_name=type_name, label=label)


_ODD_FLOATS = [
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    1e-45,
    5e-324,
    1.1754944e-38,
    3.4028235e38,
    0.1,
    1 / 3,
    16777217.0,
]
_KINDS = {getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name for name in [*_SCALAR_TYPES, "enum", "message"]}
_LIMITS = {32: (-(2**31), 2**31 - 1, 2**32 - 1), 64: (-(2**63), 2**63 - 1, 2**64 - 1)}


def scalars(field: FieldDescriptor) -> st.SearchStrategy[object]:
    """Return random values of a field's type, the extreme ones often."""
    name = _KINDS[field.type]
    if field.enum_type:
        return st.sampled_from([value.number for value in field.enum_type.values])
    if name in ("float", "double"):
        return st.sampled_from(_ODD_FLOATS) | st.floats(width=32 if name == "float" else 64)
    if name == "bool":
        return st.booleans()
    if name == "string":
        return st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
            ["\\n'\"", "\x00\x7f", "C:\\d", "a\tb\n"]
        )
    if name == "bytes":
        return st.binary(max_size=12)
    least, greatest, unsigned = _LIMITS[64 if "64" in name else 32]
    bounds = (0, unsigned) if name[0] == "u" or name.startswith("fixed") else (least, greatest)
    return st.sampled_from(bounds) | st.integers(*bounds)


@st.composite
def messages(draw: st.DrawFn, message_class: type[Message], depth: int = 4) -> Message:
    """Draw a message with a few fields set, required ones always."""
    message = message_class()
    descriptor = descriptor_of(message_class)
    fields = [field for field in descriptor.fields if depth > 0 or not field.message_type]
    chosen = draw(st.lists(st.sampled_from(fields), unique=True, max_size=5)) if fields else []
    required = [field for field in descriptor.fields if field.is_required and field not in chosen]
    for field in [*chosen, *required]:
        inner = message_factory.GetMessageClass(field.message_type) if field.message_type else None
        values = messages(inner, depth - 1) if inner else scalars(field)
        _set(message, field, draw(st.lists(values, min_size=1, max_size=3 if field.is_repeated else 1)))
    return message


def _set(message: Message, field: FieldDescriptor, values: list[object]) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend(values)
    elif field.message_type:
        getattr(message, field.name).CopyFrom(values[0])
    else:
        setattr(message, field.name, values[0])
