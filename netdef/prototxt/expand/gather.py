"""The files that a file includes, put in the places where it names them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from os.path import exists, realpath  # unlike Path's, they take any name: too long, without end, in a locked folder
from pathlib import Path

from netdef.errors import DefinitionError, Place, Problem
from netdef.prototxt.expand.copying import Copier
from netdef.prototxt.expand.settings import plain_text
from netdef.prototxt.expand.words import is_include
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse_on
from netdef.prototxt.tree import Field, Message, Scalar, elements

LARGEST = 10_000_000  # bytes of an included file
DEEPEST = 20  # files that include one another


class Gatherer:
    """Follows includes and notes in ``problems`` what is wrong with them; a file comes in where it is named first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.seen: set[str] = set()

    def fields(self, tree: Message, file: Path, above: tuple[Path, ...] = ()) -> Iterator[Field]:
        """Go through the fields of a file, those of a file that it includes behind the line that does so.

        ``above`` are the files that led to this one.
        """
        chain = (*above, file)
        self.seen.add(realpath(file))
        for field in tree.fields:
            yield field
            if is_include(field):
                yield from self._included(field, chain)

    def _included(self, field: Field, chain: tuple[Path, ...]) -> Iterator[Field]:
        for value in elements(field.value):
            name = plain_text(value, "include", self.problems) if isinstance(value, Scalar) else ""
            if name:
                yield from self._file(name, value.place, chain)

    def _file(self, name: str, place: Place, chain: tuple[Path, ...]) -> Iterator[Field]:
        path = _found(name, chain[-1].parent)
        if realpath(path) in map(realpath, chain):
            circle = " includes ".join(map(str, [*chain, path]))
            self.problems.append(Problem(f"{path} includes itself, and would have no end", place, evidence=(circle,)))
        elif len(chain) == DEEPEST:
            self.problems.append(Problem(f"files include one another more than {DEEPEST} deep", place))
        elif realpath(path) not in self.seen and (tree := self._tree(path, place)):
            yield from self.fields(tree, path, chain)

    def _tree(self, path: Path, place: Place) -> Message | None:
        """Read a file, its places seen from the line that includes it."""
        if unfit := _unfit(path):
            self.problems.append(Problem(unfit, place))
            return None
        try:
            parsed = parse_on(read_text(path), str(path))
        except DefinitionError as error:
            self.problems += [_seen_from(problem, place) for problem in error.problems]
            return None
        self.problems += [_seen_from(problem, place) for problem in parsed.problems]
        seen = Copier(
            lambda inner: replace(inner, via=place),
            lambda scalar: replace(scalar, place=replace(scalar.place, via=place)),
            comments=True,
        )
        return replace(parsed.tree, fields=[copy for field in parsed.tree.fields if (copy := seen.field(field))])


def _found(name: str, folder: Path) -> Path:
    """Return where a file is: in the folder of the one that names it, else in the working directory."""
    beside = folder / name
    return beside if exists(beside) or not exists(name) else Path(name)


def _unfit(path: Path) -> str:
    """Say why a file is not even opened: a device would never end."""
    try:
        found = path.stat()
    except OSError:
        return ""  # the reader says it better
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        return f"{path} is no regular file"
    return f"{path} has {found.st_size:,} bytes, may have {LARGEST:,}" if found.st_size > LARGEST else ""


def _seen_from(problem: Problem, place: Place) -> Problem:
    return replace(problem, place=replace(problem.place, via=place) if problem.place else place)
