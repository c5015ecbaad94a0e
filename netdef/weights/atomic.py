"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from netdef.errors import NetdefError, WeightsError

SUFFIX = ".tmp"


@contextmanager
def replacing(path: str | Path, error: type[NetdefError] = WeightsError) -> Iterator[Path]:
    """Give the name of a file to write beside ``path``, and put it in the place of ``path`` once it is written.

    Its content is on the disk before it takes the name, and the name before this returns, so that not even a loss of
    power leaves half a file under the name. Where the writing fails, nothing is left and ``path`` is as it was.

    Raises: ``error`` with the path and the reason, if the system refuses.
    """
    temporary = Path(f"{path}{SUFFIX}")
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, path)
        _flush(temporary.parent)
    except BaseException as failure:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(failure, OSError):
            raise error(f"{path} cannot be written: {failure.strerror or failure}") from failure
        raise


def _flush(path: Path) -> None:
    """Bring a file's content, or a folder's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
