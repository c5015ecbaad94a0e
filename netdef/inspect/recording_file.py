"""Files of recorded blobs: `.npz` as NumPy writes them, or HDF5.

An array is named as its blob, with or without ``in/`` or ``out/`` before it, and with ``|`` or ``/`` for a slash;
``param_diff/<layer>/<index>`` is the gradient of a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as BadCompression

import numpy as np
from numpy.lib.format import write_array
from numpy.lib.npyio import NpzFile

from netdef.errors import DataError
from netdef.inspect.recording import Array, Recording
from netdef.weights.atomic import replacing
from netdef.weights.hdf5_file import reading
from netdef.weights.whole import begins_as_hdf5

ENDINGS = (".npz", ".h5", ".hdf5")
_GRADIENT = "param_diff/"
_KINDS = ("", "out/", "in/")


def write_recording(recording: Recording, path: str | Path) -> None:
    """Write an .npz file.

    Raises: DataError if it cannot be written.
    """
    gradients = {_GRADIENT + name: array for name, array in recording.gradients.items()}
    # By hand, since numpy.savez takes names as keywords, and a blob may be called "file".
    with replacing(path, DataError) as temporary, ZipFile(temporary, "w") as file:
        for name, array in {**recording.blobs, **gradients}.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as entry:
                write_array(entry, array, allow_pickle=False)


def read_arrays(path: str | Path) -> dict[str, Array]:
    """Read all arrays of numbers in a file, by their names there.

    Raises: DataError if it is not there, cannot be read or has none.
    """
    arrays = _read_hdf5(path) if begins_as_hdf5(path, DataError) else _read_npz(path)
    found = {name: array for name, array in arrays.items() if array.dtype.kind in "fiub"}
    if not found:
        raise DataError(f"{path} holds no arrays of numbers")
    return found


def _read_npz(path: str | Path) -> dict[str, Array]:
    try:
        with Path(path).open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            if not isinstance(arrays, NpzFile):
                raise ValueError("it is a single array")
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except (OSError, ValueError, EOFError, BadZipFile, BadCompression) as error:
        hint = "blobs are recorded as .npz (numpy.savez) or HDF5, each array named as its blob"
        raise DataError(f"{path} cannot be read: {error}\n    {hint}") from None


def _read_hdf5(path: str | Path) -> dict[str, Array]:
    with reading(path, DataError) as file:
        return dict(_datasets(file, ""))


def _datasets(group: Any, prefix: str) -> Iterator[tuple[str, Array]]:
    for key, item in group.items():
        if hasattr(item, "items"):
            yield from _datasets(item, f"{prefix}{key}/")
        else:
            yield prefix + key, np.asarray(item)


def as_recording(arrays: Mapping[str, Array], blobs: Iterable[str], gradients: Iterable[str]) -> Recording:
    """Find the arrays of blobs and gradients under whichever of their names; the rest keep theirs."""
    keys = {key: name for name in blobs if (key := _key(arrays, name, _KINDS))}
    gradient_keys = {key: name for name in gradients if (key := _key(arrays, name, (_GRADIENT,)))}
    rest = {name: name for name in arrays if name not in keys and name not in gradient_keys}
    return Recording(
        {name: arrays[key] for key, name in {**keys, **rest}.items()},
        {name: arrays[key] for key, name in gradient_keys.items()},
    )


def _key(arrays: Mapping[str, Array], name: str, kinds: Iterable[str]) -> str:
    spellings = (kind + spelt for kind in kinds for spelt in (name, name.replace("/", "|")))
    return next((key for key in spellings if key in arrays), "")
