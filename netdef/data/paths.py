"""Where a path written in a prototxt leads."""

from __future__ import annotations

from pathlib import Path


def resolve(path: str | Path, folder: str | Path | None = None) -> Path:
    """Return ``path`` as seen from the working directory or, if nothing is there, from ``folder``, the prototxt's own.

    Where neither finds anything the path comes back as written, so that an error shows what the user wrote.
    """
    written = Path(path)
    if folder is None or written.is_absolute() or written.exists():
        return written
    beside = Path(folder) / written
    return beside if beside.exists() else written
