"""One run at a time writes into a run folder."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from netdef.errors import UsageError

LOCK = "run.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of ``folder`` while the block runs.

    The lock is the system's, which gives it up when its process ends, however it ends: what a killed run leaves of the
    file stops nobody.

    Raises: UsageError if another run has it.
    """
    path = folder / LOCK
    with _opened(path) as file:
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%Y-%m-%d %H:%M:%S}\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Give the locked file; who had it before may have taken its name away in the meantime."""
    while True:
        with path.open("a+", encoding="utf-8") as file:
            _lock(file, path)
            if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
                yield file
                return


def _lock(file: TextIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise UsageError(
            f"{path.parent}: another run writes into this folder: {file.read().strip() or 'it has just begun'}\n"
            "    wait until it ends, or give this one a snapshot_prefix in a folder of its own"
        ) from None
    except OSError:
        pass  # a file system without locks: there is nothing to ask
