"""LMDB databases opened for reading: checked first, then shared by all readers in the process.

LMDB forbids a process to open one database twice, yet a training and a test net may well name the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from netdef.errors import DataError

if TYPE_CHECKING:
    import lmdb

OPEN_ELSEWHERE = "already open in this process"  # py-lmdb's words

_loans: dict[tuple[int, int], Loan] = {}
_loans_lock = Lock()


@dataclass
class Loan:
    """An open environment and the number of its users; ``give_back`` ends one use of it."""

    environment: lmdb.Environment
    identity: tuple[int, int]
    users: int = 0

    def give_back(self) -> None:
        """End one use; the last one closes the environment."""
        with _loans_lock:
            self.users -= 1
            if self.users == 0:
                del _loans[self.identity]
                self.environment.close()


def borrow(path: Path) -> Loan:
    """Return the environment of the database at ``path``, opened if nobody in this process has it open.

    Raises: DataError if the database at ``path`` is empty, damaged or not to be read.
    """
    status = (path / "data.mdb").stat()
    identity = (status.st_dev, status.st_ino)
    with _loans_lock:
        loan = _loans.get(identity) or Loan(_open_checked(path, status.st_size), identity)
        loan.users += 1
        _loans[identity] = loan
        return loan


def _open_checked(path: Path, size: int) -> lmdb.Environment:
    import lmdb

    if not size:
        raise DataError(f"{path}: data.mdb is cut off: 0 bytes; copy or make it again")
    try:
        environment = _open(path)
    except lmdb.Error as error:
        raise DataError(_why_closed(path, str(error))) from error
    try:
        _check(environment, path, size)
    except BaseException:
        environment.close()
        raise
    return environment


def _why_closed(path: Path, reason: str) -> str:
    if OPEN_ELSEWHERE in reason:
        return (
            f"{path}: is open already, by other code in this process, and LMDB opens a database once a process\n"
            "    close it there first: its environment has a method close()"
        )
    return f"{path}: cannot be opened as an LMDB database ({reason})"


def _open(path: Path) -> lmdb.Environment:
    import lmdb

    try:
        return lmdb.open(str(path), readonly=True)
    except lmdb.ReadonlyError:
        # A reader announces itself in lock.mdb. Where that cannot be written, nobody can write the database either.
        return lmdb.open(str(path), readonly=True, lock=False)


def _check(environment: lmdb.Environment, path: Path, size: int) -> None:
    """Refuse a file shorter than its pages, since touching one that is not there ends the process, and an empty one."""
    statistics = environment.stat()
    expected = (environment.info()["last_pgno"] + 1) * statistics["psize"]
    if size < expected:
        raise DataError(
            f"{path}: data.mdb is cut off: {size} bytes, must be at least {expected}; copy or make it again"
        )
    if statistics["entries"] == 0:
        raise DataError(f"{path}: the database is empty, it has no record to read")
