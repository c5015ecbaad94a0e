"""Which kind of database a folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from netdef.errors import DataError


class Kind(NamedTuple):
    """A kind of database: its name, with article, and the file that its folders have."""

    title: str
    mark: str


KINDS = {"LMDB": Kind("an LMDB", "data.mdb"), "LEVELDB": Kind("a LevelDB", "CURRENT")}
"""By name of the schema's backend."""


def holds(path: Path, backend: str) -> bool:
    """Say whether ``path`` is a folder with a database of the kind ``backend``."""
    return (path / KINDS[backend].mark).is_file()


def check_database(path: Path, backend: str, said: str = "is") -> None:
    """Refuse a path without a database of the kind ``backend``; ``said`` tells what the user wrote about the backend.

    Raises: DataError with what is there instead.
    """
    if holds(path, backend):
        return
    if not path.exists():
        hint = "correct the path, or make the database with netdef convert-imageset"
        raise DataError(f"{path}: no such database (working directory {Path.cwd()}); {hint}")
    for other, kind in KINDS.items():
        if holds(path, other):
            found = f"backend {said} {backend}, but this is {kind.title} database"
            raise DataError(f"{path}: {found}: write backend: {other}")
    title, mark = KINDS[backend]
    if path.is_file():
        raise DataError(f"{path}: is a file; {title} database is a folder that holds {mark}")
    raise DataError(f"{path}: holds no {mark}, so it is not {title} database")
