"""Text files that list something, one a line."""

from __future__ import annotations

from pathlib import Path

from netdef.errors import DataError
from netdef.weights.whole import read_whole


def read_lines(path: str | Path, wanted: str) -> list[tuple[int, str]]:
    """Return number and text of each line that is not empty; ``wanted`` says in errors what the file should be.

    Raises: DataError if the file cannot be read, is no text, or has no such line.
    """
    try:
        lines = read_whole(path, DataError).decode().splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is no text file (UTF-8), must be {wanted}") from error
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered:
        raise DataError(f"{path}: is empty, must be {wanted}")
    return numbered


def first_line(path: str | Path, wanted: str) -> tuple[int, str]:
    """Return the first of ``read_lines``, without reading the rest of the file.

    Raises: DataError as ``read_lines``.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            return next((number, line.strip()) for number, line in enumerate(file, start=1) if line.strip())
    except (OSError, UnicodeDecodeError, StopIteration):
        return read_lines(path, wanted)[0]
