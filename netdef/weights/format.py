"""The formats of weights files, and how they are told apart."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from netdef.errors import WeightsError
from netdef.weights.recognise import HDF5_SIGNATURE, begins_as_safetensors
from netdef.weights.whole import first_bytes

_ENOUGH = 9  # bytes to tell a format by


class Format(Enum):
    """Caffe's two, and safetensors."""

    BINARY = auto()
    HDF5 = auto()
    SAFETENSORS = auto()


def by_content(path: str | Path) -> Format:
    """Return the format of a file that is to be read; what is neither HDF5 nor safetensors may be Caffe's binary form.

    Raises: WeightsError if it is not there or cannot be read.
    """
    start = first_bytes(path, _ENOUGH, WeightsError)
    if start.startswith(HDF5_SIGNATURE):
        return Format.HDF5
    return Format.SAFETENSORS if begins_as_safetensors(start) else Format.BINARY


def by_ending(path: str | Path) -> Format:
    """Return the format of a file that is to be written: told by its name."""
    name = str(path)
    if name.endswith(".h5"):
        return Format.HDF5
    return Format.SAFETENSORS if name.endswith(".safetensors") else Format.BINARY
