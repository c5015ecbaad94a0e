"""Reading files, with errors that help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netdef.errors import NetdefError
from netdef.suggest import way_to_file
from netdef.weights.recognise import HDF5_SIGNATURE


def read_whole(path: str | Path, error: type[NetdefError]) -> bytes:
    """Return a file's bytes.

    Raises: ``error`` if it cannot be read.
    """
    with explained(Path(path), error):
        return Path(path).read_bytes()


def first_bytes(path: str | Path, count: int, error: type[NetdefError]) -> bytes:
    """Return what a file begins with.

    Raises: ``error`` if it cannot be read.
    """
    with explained(Path(path), error), Path(path).open("rb") as file:
        return file.read(count)


def begins_as_hdf5(path: str | Path, error: type[NetdefError]) -> bool:
    """Tell whether a file is of the HDF5 format.

    Raises: ``error`` if it cannot be read.
    """
    return first_bytes(path, len(HDF5_SIGNATURE), error) == HDF5_SIGNATURE


@contextmanager
def explained(path: Path, error: type[NetdefError]) -> Iterator[None]:
    """Turn what the system says into an error with the reason and, for a missing file, what may have been meant."""
    try:
        yield
    except FileNotFoundError:
        raise error("\n    ".join(filter(None, (f"{path}: no such file", way_to_file(path))))) from None
    except OSError as failure:
        raise error(f"{path} cannot be read: {failure.strerror}") from None
