"""Texts written out, and what is said of them."""

from pathlib import Path

from netdef.prototxt.expand import Expanded, expand
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write


def expanded(text: str, file: str | Path = "f") -> Expanded:
    return expand(parse(text, str(file)), str(file))


def written(text: str, file: str | Path = "f") -> str:
    """Return a text in full; it must have no mistakes."""
    done = expanded(text, file)
    assert not done.problems, "\n".join(map(str, done.problems))
    return write(done.tree)


def complaints(text: str, file: str | Path = "f") -> list[str]:
    return [str(problem) for problem in expanded(text, file).problems]
