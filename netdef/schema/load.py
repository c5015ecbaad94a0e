"""From a file to a message in today's form, with the place of every field and everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Generic, TypeVar

from google.protobuf.message import Message

from netdef.errors import DefinitionError, Place, Problem, Severity
from netdef.prototxt.expand import expand, told_once
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse_on
from netdef.prototxt.tree import Message as Tree
from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import Bound, bind
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.upgrade import Path, Upgraded, UpgradeError, upgrade_net, upgrade_solver

M = TypeVar("M", bound=Message)
Edit = Callable[[Tree], None]


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A file's message in today's form, as far as it could be read; ``problems`` says what is wrong with it."""

    file: str
    bound: Bound[M]
    upgraded: Upgraded[M]
    problems: tuple[Problem, ...]
    is_whole: bool = True  # False where abbreviations could not be written out, so that layers may be missing

    @property
    def message(self) -> M:
        """The message in today's form."""
        return self.upgraded.message

    @property
    def notices(self) -> tuple[str, ...]:
        """What to tell the user of old forms, at most one line."""
        return self.upgraded.notices

    def locate(self, path: Path) -> Place:
        """Return where a field of the message stands in the file, or what holds it."""
        return self.bound.place(self.upgraded.original(path))


def unchanged(tree: Tree) -> None:
    """Leave a file as it is."""


def load_net(path: str | PathLike[str], edit: Edit = unchanged) -> Loaded[schema.NetParameter]:
    """Read a net; ``edit`` may change its syntax tree before it is given a meaning.

    Raises: DefinitionError with everything wrong in the file.
    """
    return refuse_errors(examine_net(path, edit), FileKind.NET)


def load_solver(path: str | PathLike[str], edit: Edit = unchanged) -> Loaded[schema.SolverParameter]:
    """Read a solver; ``edit`` may change its syntax tree before it is given a meaning.

    Raises: DefinitionError with everything wrong in the file.
    """
    return refuse_errors(examine_solver(path, edit), FileKind.SOLVER)


def examine_net(path: str | PathLike[str], edit: Edit = unchanged) -> Loaded[schema.NetParameter]:
    """Read a net as far as it goes.

    Raises: DefinitionError if the file is no text at all.
    """
    return _examine(path, edit, schema.NetParameter, upgrade_net)


def examine_solver(path: str | PathLike[str], edit: Edit = unchanged) -> Loaded[schema.SolverParameter]:
    """Read a solver as far as it goes.

    Raises: DefinitionError if the file is no text at all.
    """
    return _examine(path, edit, schema.SolverParameter, upgrade_solver)


def _examine(path: str | PathLike[str], edit: Edit, kind: type[M], upgrade: Callable[[M], Upgraded[M]]) -> Loaded[M]:
    file = fspath(path)
    parsed = parse_on(read_text(file), file)
    expanded = expand(parsed.tree, file)
    edit(expanded.tree)
    bound = bind(expanded.tree, kind)
    problems = parsed.problems + expanded.problems + bound.problems
    try:
        upgraded = upgrade(bound.message)
    except UpgradeError as error:
        place = bound.place(error.path)
        problems += tuple(replace(problem, place=place) for problem in error.problems)
        upgraded = Upgraded(bound.message)
    return Loaded(file, bound, upgraded, problems, not any(map(is_error, expanded.problems)))


def is_error(problem: Problem) -> bool:
    """Whether a problem stops the work."""
    return problem.severity is Severity.ERROR


def refuse_errors(loaded: Loaded[M], wanted: FileKind) -> Loaded[M]:
    """Return what was read if nothing is wrong with it.

    Raises: DefinitionError with everything that is, or that the file is of another kind than wanted.
    """
    if not any(map(is_error, loaded.problems)):
        return loaded
    found = kind_of(loaded.file)
    if loaded.is_whole and found is not wanted:
        message = f"{loaded.file} is a {found.value} file, where a {wanted.value} file is wanted"
        raise DefinitionError([Problem(message, hint='a solver file names its net: net: "models/….prototxt"')])
    raise DefinitionError(told_once(loaded.problems))
