"""HDF5 files, opened and written with errors that help. h5py is needed only by those who have such files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from netdef.errors import NetdefError, WeightsError
from netdef.weights.atomic import replacing


def h5py_for(path: str | Path, error: type[NetdefError]) -> ModuleType:
    """Import h5py.

    Raises: ``error`` if it is not installed.
    """
    try:
        import h5py
    except ImportError as failure:
        hint = "pip install netdef[hdf5]"
        raise error(f"{path} is an HDF5 file, for which h5py is needed ({failure})\n    {hint}") from None
    module: ModuleType = h5py
    return module


@contextmanager
def reading(path: str | Path, error: type[NetdefError] = WeightsError) -> Iterator[Any]:
    """Open a file to read.

    Raises: ``error`` if it cannot be read.
    """
    h5py = h5py_for(path, error)
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as failure:  # any of them, as a file is damaged
        hint = "it may have been cut off in writing or copying"
        raise error(f"{path} cannot be read as an HDF5 file: {failure}\n    {hint}") from None


@contextmanager
def writing(path: str | Path, error: type[NetdefError] = WeightsError) -> Iterator[Any]:
    """Open a new file, which takes the place of ``path`` when it is whole.

    Raises: ``error`` if it cannot be written.
    """
    h5py = h5py_for(path, error)
    with replacing(path, error) as temporary:
        try:
            with h5py.File(temporary, "w") as file:
                yield file
        except RuntimeError as failure:  # so h5py puts it if a full disk keeps it from closing the file
            raise OSError(str(failure)) from failure
