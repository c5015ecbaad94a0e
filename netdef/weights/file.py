"""Weights files of either format: told by their content when read, by their ending when written."""

from __future__ import annotations

from pathlib import Path

from netdef.errors import WeightsError
from netdef.net import Net
from netdef.weights.caffemodel import read_caffemodel, write_caffemodel
from netdef.weights.contents import WeightsFile
from netdef.weights.hdf5 import read_hdf5, write_hdf5
from netdef.weights.whole import begins_as_hdf5


def read_weights(path: str | Path) -> WeightsFile:
    """Read a weights file.

    Raises: WeightsError if it is not there, cannot be read or is another kind of file.
    """
    return read_hdf5(path) if begins_as_hdf5(path, WeightsError) else read_caffemodel(path)


def save_weights(net: Net, path: str | Path, *, diffs: bool = False) -> None:
    """Write a net's weights: as HDF5 if the name ends in .h5, else as a .caffemodel.

    Raises: WeightsError if the file cannot be written.
    """
    write = write_hdf5 if str(path).endswith(".h5") else write_caffemodel
    write(net, path, diffs=diffs)
