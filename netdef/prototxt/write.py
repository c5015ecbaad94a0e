"""Tree to text in one style: two spaces a level, ``name: value``, comments where they belong."""

from __future__ import annotations

from netdef.prototxt.tree import Field, ListValue, Message, Scalar, Value

WIDTH = 100  # columns; a block written on one line stays on one if it fits
_STEP = 2


def write(root: Message) -> str:
    """Return the text of a tree: the author's words, comments, lists and one-line blocks in netdef's spacing.

    Blank lines stay, one in a row at most. Writing what was written changes nothing.
    """
    return "".join(line + "\n" for line in _body(root, 0))


def _body(block: Message, indent: int) -> list[str]:
    lines: list[str] = []
    for field in block.fields:
        lines += [_padded(line, indent) for line in field.above]
        lines += _field(field, indent)
    lines += [_padded(line, indent) for line in block.below]
    return _without_outer_blanks(lines)


def _padded(line: str, indent: int) -> str:
    return " " * indent + line if line else ""


def _without_outer_blanks(lines: list[str]) -> list[str]:
    filled = [number for number, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _field(field: Field, indent: int) -> list[str]:
    separator = " " if isinstance(field.value, Message) else ": "
    first, *rest = _value(field.value, indent, len(field.name) + len(separator))
    lines = [" " * indent + field.name + separator + first, *rest]
    if field.behind:
        lines[-1] += "  " + field.behind
    return lines


def _value(value: Value, indent: int, width_before: int) -> list[str]:
    """Return the lines of a value, the first without its indentation: what stands before it takes that width."""
    short = _in_one_line(value)
    if short is not None and (isinstance(value, Scalar) or indent + width_before + len(short) <= WIDTH):
        return [short]
    if isinstance(value, Scalar):
        return value.text.replace("\n", "\n" + " " * (indent + width_before)).split("\n")
    if isinstance(value, ListValue):
        return _long_list(value, indent)
    opening = "{  " + value.behind_brace if value.behind_brace else "{"
    return [opening, *_body(value, indent + _STEP), " " * indent + "}"]


def _long_list(value: ListValue, indent: int) -> list[str]:
    lines = ["["]
    for element in value.values:
        first, *rest = _value(element, indent + _STEP, 0)
        lines += [" " * (indent + _STEP) + first, *rest]
        lines[-1] += ","
    return [*lines[:-1], lines[-1].removesuffix(","), " " * indent + "]"]


def _in_one_line(value: Value) -> str | None:
    """Return the value as it stands within a line, None where its author or a comment broke it over several."""
    if isinstance(value, Scalar):
        return None if "\n" in value.text else value.text
    parts = (
        [_in_one_line(element) for element in value.values] if isinstance(value, ListValue) else _short_fields(value)
    )
    if any(part is None for part in parts):
        return None
    joined = [part for part in parts if part is not None]
    if isinstance(value, ListValue):
        return f"[{', '.join(joined)}]"
    return f"{{ {' '.join(joined)} }}" if joined else "{}"


def _short_fields(block: Message) -> list[str | None]:
    if block.behind_brace or any(block.below) or (block.fields and not block.on_one_line):
        return [None]
    return [_short_field(field) for field in block.fields]


def _short_field(field: Field) -> str | None:
    text = _in_one_line(field.value)
    if text is None or any(field.above) or field.behind:
        return None
    return f"{field.name} {text}" if isinstance(field.value, Message) else f"{field.name}: {text}"
