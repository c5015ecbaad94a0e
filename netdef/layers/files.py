"""Where layers find the files that their options name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

FindFile = Callable[[str], Path]
_FIND: ContextVar[FindFile] = ContextVar("where layers find files", default=Path)


@contextmanager
def finding_files(find: FindFile) -> Iterator[None]:
    """Let layers that are made and asked inside look for files by ``find``; else they do in the working directory."""
    token = _FIND.set(find)
    try:
        yield
    finally:
        _FIND.reset(token)


def find_file(path: str) -> Path:
    """Return where the file is that an option names."""
    return _FIND.get()(path)
