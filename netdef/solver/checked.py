"""A solver's file checked: the nets that it names, and everything that is wrong with its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from netdef.errors import LayerError, Place, Problem, Severity
from netdef.graph.problems import Locate
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded
from netdef.solver.nets import NetChoice, Path, tested_nets, train_net
from netdef.solver.options import CHECKS
from netdef.solver.policies.never import never_lowered
from netdef.solver.policies.options import forgotten

T = TypeVar("T")


@dataclass(frozen=True)
class Checked:
    """The nets of a solver, as far as its options name them, and the problems of these options; warnings apart."""

    train: NetChoice | None
    tests: tuple[NetChoice, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def check_solver(loaded: Loaded[schema.SolverParameter]) -> Checked:
    """Check a solver's options by all rules."""
    problems: list[Problem] = []

    def attempt(rule: Callable[[schema.SolverParameter], T]) -> T | None:
        try:
            return rule(loaded.message)
        except LayerError as error:
            problems.append(Problem(error.message, loaded.locate(error.path), error.hint, error.evidence))
            return None

    for check in CHECKS:
        attempt(check)
    train, tests = attempt(train_net), attempt(tested_nets)
    warnings = () if problems else _warnings(loaded)
    return Checked(train, tuple(tests or ()), tuple(problems), warnings)


def _warnings(loaded: Loaded[schema.SolverParameter]) -> tuple[Problem, ...]:
    found = filter(None, (forgotten(loaded.message), never_lowered(loaded.message)))
    return tuple(Problem(words, loaded.locate(path), severity=Severity.WARNING) for words, path in found)


def locate_within(loaded: Loaded[schema.SolverParameter], holder: Path) -> Locate:
    """Return what locates the fields of a net that stands inside a solver's file, in its field ``holder``."""
    return partial(_within, loaded, holder)


def _within(loaded: Loaded[schema.SolverParameter], holder: Path, path: Path) -> Place:
    return loaded.locate((*holder, *path))
