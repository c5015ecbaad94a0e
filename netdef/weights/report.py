"""What loading weights did to a net, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netdef.layers.shape import Shape, show


@dataclass(frozen=True)
class Entry:
    """One layer, the shapes of its blobs, and why it was loaded, kept or ignored."""

    layer: str
    shapes: tuple[Shape, ...]
    reason: str


@dataclass(frozen=True)
class Report:
    """What became of each layer with parameters.

    ``loaded`` were taken from a file; ``kept`` are layers of the net that no file has; ``ignored`` are layers of a file
    that the net has not.
    """

    net: str
    files: tuple[str, ...]
    loaded: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    ignored: tuple[Entry, ...]

    @property
    def summary(self) -> str:
        """The numbers in one line."""
        total = len({entry.layer for entry in (*self.loaded, *self.kept)})
        loaded = len({entry.layer for entry in self.loaded})
        kept, ignored = len(self.kept), len(self.unused)
        files = ", ".join(self.files)
        return f'net "{self.net}": {loaded} of {total} layers loaded from {files}; {kept} kept, {ignored} ignored'

    def __str__(self) -> str:
        named = (("loaded", self.loaded), ("kept", self.kept), ("ignored", self.unused))
        rows = [(what, entry.layer, _shapes(entry), entry.reason) for what, entries in named for entry in entries]
        return "\n".join([*_aligned(rows), self.summary])

    @property
    def unused(self) -> list[Entry]:
        """The ignored layers that have parameters: the others are no loss."""
        return [entry for entry in self.ignored if entry.shapes]


def _shapes(entry: Entry) -> str:
    return ", ".join(map(show, entry.shapes)) or "-"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
