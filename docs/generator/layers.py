"""A page for each layer type, and the table of all."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from docs.generator.docstrings import HEADINGS, docstring
from docs.generator.fields import fields_table
from docs.generator.markdown import link, page, plain, table
from docs.generator.proto import Block, Field, schema
from netdef.layers.base import Arity, Kind, Layer, exactly
from netdef.layers.register import layer_types

ROOT = Path(__file__).resolve().parents[2]
LAYER = re.compile(r"^layer \{\n(?: .*\n)*\}\n", re.MULTILINE)


def layer_pages() -> dict[str, str]:
    """Return the page of each type and the table of all, by file name."""
    types = layer_types()
    return {"README.md": _index(types)} | {f"{name}.md": _page(cls) for name, cls in types.items()}


def _index(types: dict[str, type[Layer]]) -> str:
    rows: list[tuple[str, str]] = []
    for kind in Kind:
        of_kind = [cls for cls in types.values() if cls.kind is kind]
        rows += [(f"**{kind}**", "")] if of_kind else []
        rows += [(link(cls.type, f"{cls.type}.md"), plain(docstring(cls).sentence)) for cls in of_kind]
    shared = link("LayerParameter", "../net.md#layerparameter")
    intro = f"The {len(types)} layer types that netdef has. What all of them share stands in {shared}."
    return page("# Layers", intro, table(("type", "what it does"), rows))


def _page(cls: type[Layer]) -> str:
    text = docstring(cls)
    parts = [f"- **{heading}:** {plain(text.parts[heading])}" for heading in HEADINGS if heading in text.parts]
    return page(
        f"# {cls.type}",
        plain(text.sentence),
        text.body(),
        "\n".join(parts),
        _facts(cls),
        _example(cls.type),
        *_options(cls),
        _source(cls),
    )


def _facts(cls: type[Layer]) -> str:
    in_place = " A top may overwrite its bottom (in place)." if cls.in_place else ""
    return f"Kind: {cls.kind}. Takes {_number(cls.bottoms, 'bottom')}, makes {_number(cls.tops, 'top')}.{in_place}"


def _number(arity: Arity, what: str) -> str:
    if arity == exactly(0):
        return f"no {what}s"
    return f"{str(arity).removeprefix('exactly ')} {what}{'' if (arity.most or arity.least) == 1 else 's'}"


def _example(name: str) -> str:
    """Return the first layer of that type in the models that ship, else in the collection of examples."""
    for file in (*sorted(ROOT.glob("models/*.prototxt")), ROOT / "examples" / "layers.prototxt"):
        for block in LAYER.findall(file.read_text("utf-8")):
            if f'  type: "{name}"\n' in block:
                shown = file.relative_to(ROOT).as_posix()
                return f"In {link(shown, f'../../{shown}')}:\n\n```protobuf\n{block}```"
    return ""


def _options(cls: type[Layer]) -> Iterator[str]:
    for field in schema()["LayerParameter"].fields:
        if field.name in option_fields(cls):
            yield _option(field, schema()[field.type])


def _option(field: Field, block: Block) -> str:
    return f"## {field.name}\n\n{plain(block.comment)}\n\n{fields_table(block.name, '../')}"


def option_fields(cls: type[Layer]) -> set[str]:
    """Return the fields of LayerParameter with a type's options: those that its code reads, and the one of its name."""
    named = {field.name for field in schema()["LayerParameter"].fields if _is_named_after(field.name, cls.type)}
    return named.union(*(_read_fields(base) for base in cls.__mro__ if base not in (Layer, object)))


def _is_named_after(field: str, name: str) -> bool:
    return field.replace("_", "") == f"{name.lower()}param"


def _read_fields(cls: type) -> set[str]:
    tree = ast.parse(inspect.getsource(inspect.getmodule(cls) or cls))
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {
        node.attr for node in attributes if ast.unparse(node.value) == "self.message" and node.attr.endswith("_param")
    }


def _source(cls: type[Layer]) -> str:
    path = Path(inspect.getfile(cls))
    return f"Code: {link(f'netdef/layers/{path.name}', f'../../netdef/layers/{path.name}')}"
