"""Every exception that netdef raises on purpose.

NetdefError
├── DefinitionError        a model or solver file that cannot be: carries every problem found
├── LayerError             a rule that a layer's message or bottoms break; the graph adds the place
│   ├── OptionError        a value in the layer's message
│   ├── ShapeError         a bottom of the wrong shape
│   └── WiringError        the wrong number of bottoms or tops, or a forbidden in-place top
├── DataError              a database, image or list that cannot be read
├── WeightsError           a weights file that cannot be read or does not fit the net
├── SnapshotError          a snapshot that cannot be written, read or resumed
├── TrainingError          a run that cannot go on (a loss that is no number, say)
├── DeviceError            a device that is not there
├── WorkerError            workers of one run that do not come together, or are lost
│   └── SharedError        what went wrong with some worker, and all know of
└── UsageError             a command line or call that asks for what cannot be
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: only an error stops the work."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Place:
    """A position in a text file, counted from one; ``via`` is the line that brought it in."""

    file: str
    line: int
    column: int
    via: Place | None = None

    def __str__(self) -> str:
        here, *uses = [f"{place.file}:{place.line}:{place.column}" for place in self.chain]
        return f"{here} (used at {', from '.join(uses)})" if uses else here

    @property
    def chain(self) -> tuple[Place, ...]:
        """This place, the line that brought it in, the line that brought that in, and so on."""
        return (self, *self.via.chain) if self.via else (self,)

    @property
    def outermost(self) -> Place:
        """The place in the file that was asked for: the end of the chain."""
        return self.chain[-1]

    @property
    def trail(self) -> tuple[tuple[int, int], ...]:
        """Line and column of each place of the chain, the outermost first: in this order things stand in a file."""
        return tuple((place.line, place.column) for place in reversed(self.chain))


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a definition.

    ``message`` says what was found and which rule it breaks, ``evidence`` holds lines that show it,
    ``hint`` the way out.
    """

    message: str
    place: Place | None = None
    hint: str = ""
    evidence: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        mark = "warning: " if self.severity is Severity.WARNING else ""
        head = f"{self.place}: {mark}{self.message}" if self.place else mark + self.message
        tail = (*self.evidence, self.hint) if self.hint else self.evidence
        return "\n".join([head, *(f"    {line}" for line in tail)])


_SUBJECT = re.compile(r'layer "[^"]*"( \([^)]*\))?: ')
_ONE_BY_ONE = 3  # more problems of one kind than these are told as one
_LINES = 12


def told(problems: Iterable[Problem]) -> list[str]:
    """Return what to print of problems, in order; many that differ but in their layers are one, told at the first."""
    kinds: dict[Problem, list[Problem]] = {}
    for problem in (all_of_them := list(problems)):
        kinds.setdefault(_kind(problem), []).append(problem)
    texts = []
    for problem in all_of_them:
        alike = kinds[_kind(problem)]
        if len(alike) <= _ONE_BY_ONE:
            texts.append(str(problem))
        elif problem is alike[0]:
            texts.append(_told_as_one(alike))
    return texts


def _kind(problem: Problem) -> Problem:
    """Return the problem without what others of its kind do not share; one that was brought in has no others."""
    place = problem.place
    if place is None or place.via is not None:
        return problem
    return replace(problem, message=_SUBJECT.sub("", problem.message), place=Place(place.file, 0, 0))


def _told_as_one(alike: Sequence[Problem]) -> str:
    first, *others = alike
    lines = list(dict.fromkeys(str(problem.place.line) for problem in others if problem.place))
    shown = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], "…", lines[-1]]
    return f"{first}\n    and {len(others)} times more, in lines {', '.join(shown)}"


class NetdefError(Exception):
    """The root of all errors that a user can mend."""


class DefinitionError(NetdefError):
    """A model or solver file that cannot be; ``problems`` holds everything found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(told(self.problems)))


class LayerError(NetdefError):
    """A rule that a layer's message or bottoms break.

    ``path`` leads from the layer's message to the field at fault, e.g. ``("lrn_param", "local_size")``.
    """

    def __init__(
        self, message: str, *, path: tuple[str | int, ...] = (), hint: str = "", evidence: tuple[str, ...] = ()
    ) -> None:
        self.message = message
        self.path = path
        self.hint = hint
        self.evidence = evidence
        super().__init__(message)


class OptionError(LayerError):
    """A value in a layer's message that its rules refuse."""


class ShapeError(LayerError):
    """A bottom whose shape the layer cannot take."""


class WiringError(LayerError):
    """The wrong number of bottoms or tops, or an in-place top where none may be."""


class DataError(NetdefError):
    """A database, image or list that cannot be read."""


class WeightsError(NetdefError):
    """A weights file that cannot be read or does not fit the net."""


class SnapshotError(NetdefError):
    """A snapshot that cannot be written, read or resumed."""


class TrainingError(NetdefError):
    """A run that cannot go on."""


class DeviceError(NetdefError):
    """A device that is not there."""


class ShortageError(NetdefError):
    """More memory asked for than there is."""


class WorkerError(NetdefError):
    """Workers of one run that do not come together, or are lost."""


class SharedError(WorkerError):
    """What went wrong with some worker, and all know of: the first one tells the user."""


class UsageError(NetdefError):
    """A command line or call that asks for what cannot be."""
