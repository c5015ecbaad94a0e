"""Pages written by hand with tables from the code in them: ``{{ fields NetParameter }}``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from docs.generator.docstrings import docstring
from docs.generator.fields import field_row, fields_table, marked
from docs.generator.markdown import page, plain, table
from docs.generator.proto import schema
from netdef.solver.policies import Policy
from netdef.solver.rules.registry import SOLVER_TYPES

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
DIRECTIVE = re.compile(r"^\{\{ (\w+) ?(\w*) \}\}$", re.MULTILINE)


def template_pages() -> dict[str, str]:
    """Return each template filled in, by file name."""
    return {path.name: page(fill(path.read_text("utf-8"))) for path in sorted(TEMPLATES.glob("*.md"))}


def fill(text: str) -> str:
    """Put tables in the place of the directives."""
    return DIRECTIVE.sub(lambda match: DIRECTIVES[match[1]](match[2]), text)


def _message(name: str) -> str:
    return f"{marked(schema()[name].comment)}\n\n{fields_table(name)}"


def _common(name: str) -> str:
    """Return the fields of LayerParameter that are not options of some types."""
    block = schema()[name]
    rows = [field_row(block, field) for field in block.fields if not field.name.endswith("_param")]
    return f"{plain(block.comment)}\n\n{table(('field', 'type', 'default', 'meaning'), rows)}"


def _enum(name: str) -> str:
    rows = [(f"`{value}`", plain(comment)) for value, comment in schema()[name].values.items()]
    return table(("value", "meaning"), rows)


def _policies(_: str) -> str:
    return docstring(Policy).body()


def _rules(_: str) -> str:
    texts = ((name, docstring(rule)) for name, rule in SOLVER_TYPES.items())
    return "\n\n".join(
        f"### {name}\n\n{plain(text.sentence)}\n\n{text.body()}\n\nSource: {text.parts['Source']}"
        for name, text in texts
    )


DIRECTIVES: dict[str, Callable[[str], str]] = {
    "message": _message,
    "common": _common,
    "enum": _enum,
    "policies": _policies,
    "rules": _rules,
}
