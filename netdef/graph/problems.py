"""Where the problems of one net are gathered, each with its place and the layer that has it."""

from __future__ import annotations

from collections.abc import Callable

from netdef.errors import DataError, LayerError, Place, Problem, Severity
from netdef.schema import netdef_pb2 as schema

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place | None]


def nowhere(path: Path) -> None:
    """Locate nothing: for nets that do not come from a file."""


class Problems:
    """All that is wrong with one net, in the order found."""

    def __init__(self, locate: Locate) -> None:
        self.locate = locate
        self.found: list[Problem] = []

    def layer(self, position: int, layer: schema.LayerParameter, error: LayerError) -> None:
        """Add what a rule said of the layer at ``position`` in the file."""
        message = f"{title(layer)}: {error.message}"
        place = self.locate(("layer", position, *error.path))
        self.found.append(Problem(message, place, error.hint, error.evidence))

    def data(self, position: int, layer: schema.LayerParameter, error: DataError) -> None:
        """Add why the records of a source layer cannot be looked at."""
        self.found.append(Problem(f"{title(layer)}: {error}", self.locate(("layer", position))))

    def add(self, path: Path, message: str, hint: str = "") -> None:
        """Add what is wrong with the net, but with none of its layers."""
        self.found.append(Problem(message, self.locate(path), hint))

    def warn(self, path: Path, message: str, hint: str = "") -> None:
        """Add what is allowed, but likely a mistake."""
        self.found.append(Problem(message, self.locate(path), hint, severity=Severity.WARNING))

    @property
    def errors(self) -> list[Problem]:
        """Those that make the net impossible, in file order."""
        return sorted((problem for problem in self.found if problem.severity is Severity.ERROR), key=_position)

    @property
    def warnings(self) -> list[Problem]:
        """The others."""
        return [problem for problem in self.found if problem.severity is Severity.WARNING]


def _position(problem: Problem) -> tuple[tuple[int, int], ...]:
    return problem.place.trail if problem.place else ()


def title(layer: schema.LayerParameter) -> str:
    """Name a layer for people: ``layer "conv1" (Convolution)``."""
    return f'layer "{layer.name}"' + (f" ({layer.type})" if layer.type else "")
