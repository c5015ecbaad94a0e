"""Moving single fields between messages of different types."""

from __future__ import annotations

from google.protobuf.message import Message


def move_field(source: Message, name: str, target: Message, new_name: str = "") -> None:
    """Put field ``name`` of ``source`` into the field ``new_name`` (default: of the same name) of ``target``.

    A single value goes into a repeated field as its only element. Raises: ValueError for a number that does not fit.
    """
    new_name = new_name or name
    value = getattr(source, name)
    field = target.DESCRIPTOR.fields_by_name[new_name]
    if field.is_repeated:
        target.ClearField(new_name)
        getattr(target, new_name).extend(value if source.DESCRIPTOR.fields_by_name[name].is_repeated else [value])
    elif field.message_type is not None:
        getattr(target, new_name).CopyFrom(value)
    else:
        setattr(target, new_name, value)
