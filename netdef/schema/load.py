"""From a file to a message in today's form, with the place of every field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Generic, TypeVar

from google.protobuf.message import Message

from netdef.errors import DefinitionError, Place
from netdef.prototxt.load import load
from netdef.prototxt.tree import Message as Tree
from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import Bound, bind
from netdef.schema.upgrade import Path, Upgraded, UpgradeError, upgrade_net, upgrade_solver

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A file's message in today's form; ``notices`` say which old forms were read as today's."""

    file: str
    message: M
    bound: Bound[M]
    upgraded: Upgraded[M]

    @property
    def notices(self) -> tuple[str, ...]:
        """What to tell the user of old forms, at most one line."""
        return self.upgraded.notices

    def locate(self, path: Path) -> Place | None:
        """Return where a field of the message stands in the file, or what holds it."""
        return find_place(self.bound, self.upgraded.original(path))


def find_place(bound: Bound[M], path: Path) -> Place | None:
    """Return the place of the field at ``path``, else of the innermost block around it that the file has."""
    for length in range(len(path), 0, -1):
        if place := bound.places.get(path[:length]):
            return place
    return None


def load_net(path: str | PathLike[str]) -> Loaded[schema.NetParameter]:
    """Read a net.

    Raises: DefinitionError with everything wrong in the file.
    """
    return load_tree(fspath(path), load(path), schema.NetParameter, upgrade_net)


def load_solver(path: str | PathLike[str]) -> Loaded[schema.SolverParameter]:
    """Read a solver.

    Raises: DefinitionError with everything wrong in the file.
    """
    return load_tree(fspath(path), load(path), schema.SolverParameter, upgrade_solver)


def load_tree(file: str, tree: Tree, kind: type[M], upgrade: Callable[[M], Upgraded[M]]) -> Loaded[M]:
    """Give a syntax tree its meaning.

    Raises: DefinitionError with everything wrong in it.
    """
    bound = bind(tree, kind)
    if bound.problems:
        raise DefinitionError(bound.problems)
    try:
        upgraded = upgrade(bound.message)
    except UpgradeError as error:
        place = find_place(bound, error.path)
        raise DefinitionError(replace(problem, place=place) for problem in error.problems) from None
    return Loaded(file, upgraded.message, bound, upgraded)
