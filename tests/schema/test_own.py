from __future__ import annotations

import re
from pathlib import Path

from netdef.layers.register import layer_types
from netdef.schema import netdef_pb2 as schema
from netdef.schema.own import HARMLESS, LAYER_TYPES, is_own

PROTO = Path(__file__).parents[2] / "netdef/schema/netdef.proto"
FIELD = re.compile(r" *(?:optional|repeated) \S+ (\w+) = (\d+)")
OWN_MESSAGES = ("LayerGroup", "Connection")


def marked() -> set[tuple[str, str]]:
    """The fields whose comment in the schema says that they are netdef's own, each after its message."""
    found, message, comment = set(), "", ""
    for line in PROTO.read_text(encoding="utf-8").splitlines():
        if line.startswith("message "):
            message = line.split()[1]
        if (match := FIELD.match(line)) and comment.startswith("Own:"):
            found.add((message, match[1]))
        comment = comment + line.strip().removeprefix("//").strip() if line.strip().startswith("//") else ""
    return found


def test_numbers_tell_netdefs_own_fields() -> None:
    own = {
        (message.name, field.name)
        for message in schema.DESCRIPTOR.message_types_by_name.values()
        for field in message.fields
        if is_own(field)
    }
    assert own == marked()
    assert {name for _, name in own} >= HARMLESS


def test_all_of_caffes_layer_types_are_there() -> None:
    assert len(LAYER_TYPES) == 61
    assert set(layer_types()) >= LAYER_TYPES
