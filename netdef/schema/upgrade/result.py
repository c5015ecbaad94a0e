"""What an upgrade yields, and the error where there is no way to upgrade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from google.protobuf.message import Message

from netdef.errors import DefinitionError, Problem
from netdef.schema.upgrade.paths import Path, compose, follow

M = TypeVar("M", bound=Message)


class UpgradeError(DefinitionError):
    """An old form that cannot be upgraded.

    ``path`` leads to the field at fault in the original message, e.g. ``("layers", 3, "layer", "type")``. Who knows
    the places adds them: ``DefinitionError(replace(p, place=place_of(error.path)) for p in error.problems)``.
    """

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        self.path = path
        self.message = message
        self.hint = hint
        super().__init__([Problem(message, hint=hint)])

    def at(self, path: Path) -> UpgradeError:
        """Return the same error at another path."""
        return UpgradeError(path, self.message, self.hint)


@dataclass(frozen=True)
class Upgraded(Generic[M]):
    """A message in today's form; the argument of the upgrade itself where nothing was old.

    ``paths`` leads from fields in ``message`` to where they stood, for layers and for fields that moved; ``notices``
    says in at most one line which old forms were found.
    """

    message: M
    paths: Mapping[Path, Path] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def original(self, path: Path) -> Path:
        """Where the field at ``path`` stood in the original, as far as known: the longest known beginning counts."""
        return follow(self.paths, path)

    def then(self, step: Callable[[M], Upgraded[M]]) -> Upgraded[M]:
        """Apply one more step to the message. Raises: UpgradeError, its path in the original."""
        try:
            later = step(self.message)
        except UpgradeError as error:
            raise error.at(self.original(error.path)) from None
        return Upgraded(later.message, compose(later.paths, self.paths), self.notices + later.notices)

    def announced(self) -> Upgraded[M]:
        """Join the names of all old forms found to one notice."""
        if not self.notices:
            return self
        forms = ", ".join(dict.fromkeys(self.notices))
        return replace(self, notices=(f"old forms read as today's: {forms}; `netdef upgrade` rewrites the file",))
