"""Which fields hold text: so that ``--set net.name=LeNet`` needs no quotes."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.descriptor import Descriptor, FieldDescriptor


def holds_text(message: Descriptor, names: Sequence[str]) -> bool:
    """Tell whether the names lead from a message to a field of type string."""
    field: FieldDescriptor | None = None
    for name in names:
        fields = message.fields_by_name if field is None else _inner(field)
        if name not in fields:
            return False
        field = fields[name]
    return field is not None and field.type == FieldDescriptor.TYPE_STRING


def _inner(field: FieldDescriptor) -> dict[str, FieldDescriptor]:
    return dict(field.message_type.fields_by_name) if field.message_type else {}
