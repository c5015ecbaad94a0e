"""The text file that an HDF5Data layer's ``source`` names: one HDF5 file a line."""

from __future__ import annotations

from pathlib import Path

from netdef.data.lines import read_lines
from netdef.data.paths import resolve


def read_file_list(source: Path, folder: str | Path | None = None) -> list[Path]:
    """Return the files that ``source`` lists.

    Raises: DataError if it cannot be read or lists no file.
    """
    return [resolve(line, folder) for _, line in read_lines(source, "a text file that lists HDF5 files, one a line")]
