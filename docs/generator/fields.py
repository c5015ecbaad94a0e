"""Messages of the schema as tables."""

from __future__ import annotations

from docs.generator.markdown import anchor, link, plain, table
from docs.generator.proto import Block, Field, schema

# The pages on which messages are explained that stand in the fields of others.
HOMES = {
    "NetParameter": "net.md",
    "LayerParameter": "net.md",
    "LayerGroup": "net.md",
    "NetState": "net.md",
    "Phase": "net.md",
    "NetStateRule": "net.md",
    "ParamSpec": "net.md",
    "FillerParameter": "net.md",
    "BlobShape": "net.md",
    "BlobProto": "data.md",
    "TransformationParameter": "data.md",
    "ColourPca": "data.md",
    "ColourDirection": "data.md",
    "Connection": "net.md",
    "PlateauParameter": "solver.md",
    "PlateauState": "solver.md",
}


def fields_table(name: str, to_docs: str = "") -> str:
    """Return the fields of a message, in tables by section if it has any; ``to_docs`` leads from the page to docs/."""
    block = schema()[name]
    sections = list(dict.fromkeys(field.section for field in block.fields))
    parts = [_section(block, section, to_docs) for section in sections]
    return "\n\n".join(parts)


def _section(block: Block, section: str, to_docs: str) -> str:
    rows = [field_row(block, field, to_docs) for field in block.fields if field.section == section]
    heading = f"**{plain(section)}**\n\n" if section else ""
    return heading + table(("field", "type", "default", "meaning"), rows)


def field_row(block: Block, field: Field, to_docs: str = "") -> tuple[str, ...]:
    """Return a field's row: its name, type, default and meaning."""
    return (f"`{field.name}`", _type(field, to_docs), _default(field), _meaning(block, field))


def _type(field: Field, to_docs: str) -> str:
    home = HOMES.get(field.type)
    name = link(field.type, f"{to_docs}{home}#{anchor(field.type)}") if home else field.type
    return f"{name}, repeated" if field.label == "repeated" else name


def _default(field: Field) -> str:
    if field.label == "required":
        return "required"
    return f"`{field.default}`" if field.default else ""


def _meaning(block: Block, field: Field) -> str:
    values = {} if field.without_effect or field.type not in block.enums else block.enums[field.type].values
    choices = [f"`{name}`: {plain(comment)}" for name, comment in values.items()]
    return "<br>".join([marked(field.comment), *choices])


def marked(comment: str) -> str:
    """Return a comment with "Own:" and "Old:" made plain."""
    for word, mark in (("Own: ", "**netdef's own:** "), ("Old: ", "*old:* ")):
        if comment.startswith(word):
            return mark + plain(comment.removeprefix(word))
    return plain(comment)
