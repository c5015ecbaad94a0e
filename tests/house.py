"""The project's own files, as the layout test looks at them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOT_OURS = re.compile(r"^tests/golden/|(^|/)(__pycache__|\.[^/]*)(/|$)")
GENERATED = re.compile(r"_pb2\.pyi?$")


@dataclass(frozen=True)
class Source:
    """A Python file of the repository, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        inside = self.module.split(".")[1:]
        return "netdef" if inside in ([], ["__main__"]) else inside[0]


def files(*folders: str) -> Iterator[Path]:
    """All files of some folders but golden numbers, caches and other things that are not ours."""
    for path in chain.from_iterable(sorted((ROOT / folder).rglob("*")) for folder in folders):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and not NOT_OURS.search(name):
            yield path


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    paths = [path for path in files(*folders) if path.suffix == ".py" and not GENERATED.search(path.name)]
    texts = [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths]
    return tuple(Source(name, text, ast.parse(text, name)) for name, text in texts)


HOUSE = sources("netdef")
HANDMADE = sources("netdef", "tests", "docs", "tools", "benchmarks", "examples")
MODULES = {source.module: source for source in HOUSE}


def imported(tree: ast.AST) -> set[str]:
    """Every module that a syntax tree imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not used here"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name if name in MODULES else node.module or "" for name in inner}
    return names


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "netdef"


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, without those for type checkers."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            yield from at_import(statement.orelse)
        elif hasattr(statement, "body"):
            yield from at_import(statement.body)
        else:
            yield statement


def functions(source: Source) -> Iterator[tuple[str, int]]:
    """Each function's place and its lines without the docstring."""
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0
            yield f"{source.path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1 - docstring


def lines_of_code(source: Source) -> int:
    """Lines that are neither blank nor comments nor docstrings."""
    return len(ast.unparse(without_docstrings(source.text)).splitlines())


def without_docstrings(text: str) -> ast.Module:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body[:1] = []
    return tree
