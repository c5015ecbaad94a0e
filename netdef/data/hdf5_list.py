"""The text file that an HDF5Data layer's ``source`` names: one HDF5 file a line."""

from __future__ import annotations

from pathlib import Path

from netdef.data.paths import resolve
from netdef.errors import DataError


def read_file_list(source: Path, folder: str | Path | None = None) -> list[Path]:
    """Return the files that ``source`` lists; empty lines count for nothing.

    Raises: DataError if it cannot be read or lists no file.
    """
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataError(f"{source}: the list of HDF5 files cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{source}: is no text; source must name a text file that lists HDF5 files") from error
    paths = [resolve(line.strip(), folder) for line in lines if line.strip()]
    if not paths:
        raise DataError(f"{source}: lists no HDF5 file; write one path a line")
    return paths
