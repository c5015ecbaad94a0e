"""The schema file as a reader sees it: messages, fields and enums, each with the comment above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROTO = Path(__file__).resolve().parents[2] / "netdef" / "schema" / "netdef.proto"

BLOCK = re.compile(r"(message|enum) (\w+) \{")
FIELD = re.compile(r"(optional|required|repeated) (\w+) (\w+) = \d+(?: \[(?:packed = true|default = (.*))\])?;")
VALUE = re.compile(r"(\w+) = \d+;")
SECTION = re.compile(r"--- (.*)")


@dataclass(frozen=True)
class Field:
    """One field of a message; ``section`` is the heading under which it stands, if the message has any."""

    name: str
    label: str
    type: str
    default: str
    comment: str
    section: str

    @property
    def without_effect(self) -> bool:
        """Whether the field is only read so that old files load: its values need no telling."""
        return "changes nothing" in self.comment


@dataclass
class Block:
    """A message with its fields and enums, or an enum with its values and their comments."""

    name: str
    comment: str
    fields: list[Field] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    enums: dict[str, Block] = field(default_factory=dict)


@cache
def schema() -> dict[str, Block]:
    """Return the schema's messages and the enums that stand outside of them, by name."""
    return {block.name: block for block in read(PROTO.read_text("utf-8"))}


def read(text: str) -> Iterator[Block]:
    """Give the outermost blocks of a schema file."""
    open_blocks: list[Block] = []
    for line, comment, section in _commented(text):
        if match := BLOCK.match(line):
            open_blocks.append(Block(match[2], comment))
        elif match := FIELD.match(line):
            label, kind, name, default = match.groups(default="")
            open_blocks[-1].fields.append(Field(name, label, kind, default, comment, section))
        elif match := VALUE.match(line):
            open_blocks[-1].values[match[1]] = comment
        elif line == "}":
            done = open_blocks.pop()
            if open_blocks:
                open_blocks[-1].enums[done.name] = done
            else:
                yield done


def _commented(text: str) -> Iterator[tuple[str, str, str]]:
    """Give each line with the comment right above it and the last heading."""
    comment, section = "", ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("//"):
            comment = f"{comment} {line.removeprefix('//').strip()}".strip()
            continue
        if heading := SECTION.match(comment):
            section = heading[1]
        elif line:
            section = "" if BLOCK.match(line) else section
            yield line, comment, section
        comment = ""
