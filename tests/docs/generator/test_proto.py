from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor

from docs.generator.proto import Field, read, schema
from netdef.schema import netdef_pb2

MESSAGES = netdef_pb2.DESCRIPTOR.message_types_by_name

TEXT = """
// Not part of anything.

// What it is,
// on two lines.
message Thing {
  // --- Size.

  // How long.
  optional float length = 1 [default = 1e-5];
  // --- Look.

  // Which colour.
  repeated Color color = 2 [packed = true];

  // Colours.
  enum Color {
    // As the sky.
    BLUE = 0;
  }
}
"""


def test_comments_belong_to_what_stands_below_them() -> None:
    (thing,) = read(TEXT)
    assert (thing.name, thing.comment) == ("Thing", "What it is, on two lines.")
    assert thing.fields == [
        Field("length", "optional", "float", "1e-5", "How long.", "Size."),
        Field("color", "repeated", "Color", "", "Which colour.", "Look."),
    ]
    assert thing.enums["Color"].values == {"BLUE": "As the sky."}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_field_is_read_with_its_type(name: str) -> None:
    expected = [(field.name, type_name(field), field.is_repeated) for field in MESSAGES[name].fields]
    found = [(field.name, field.type, field.label == "repeated") for field in schema()[name].fields]
    assert sorted(found) == sorted(expected)
    assert all(field.comment for field in schema()[name].fields)


def type_name(field: FieldDescriptor) -> str:
    message, enum = field.message_type, field.enum_type
    if message is not None:
        return str(message.name)
    return str(enum.name) if enum is not None else SCALARS[field.type]


SCALARS = {
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BYTES: "bytes",
}


def test_defaults_are_those_of_the_schema() -> None:
    told = {field.name: field.default for field in schema()["LRNParameter"].fields}
    assert told["local_size"] == "5"
    assert told["norm_region"] == "ACROSS_CHANNELS"
    assert schema()["ClipParameter"].fields[0].default == ""
