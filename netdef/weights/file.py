"""Weights files of every format: told by their content when read, by their ending when written."""

from __future__ import annotations

from pathlib import Path

from netdef.net import Net
from netdef.weights.caffemodel import read_caffemodel, write_caffemodel
from netdef.weights.contents import WeightsFile
from netdef.weights.format import Format, by_content, by_ending
from netdef.weights.hdf5 import read_hdf5, write_hdf5
from netdef.weights.safetensors import read_safetensors, write_safetensors
from netdef.weights.saved_file import saved_file
from netdef.weights.saved_layers import SavedNet, saved_net

_READERS = {Format.BINARY: read_caffemodel, Format.HDF5: read_hdf5, Format.SAFETENSORS: read_safetensors}


def read_weights(path: str | Path) -> WeightsFile:
    """Read a weights file.

    Raises: WeightsError if it is not there, cannot be read or is another kind of file.
    """
    return _READERS[by_content(path)](path)


def save_weights(net: Net, path: str | Path, *, diffs: bool = False) -> None:
    """Write a net's weights: as HDF5 if the name ends in .h5, as .safetensors if in that, else as a .caffemodel.

    Raises: WeightsError if the file cannot be written.
    """
    _write(saved_net(net), path, diffs)


def save_contents(file: WeightsFile, path: str | Path) -> None:
    """Write what another weights file holds: layers' names, types in today's words, blobs; the ending says how.

    Raises: WeightsError if the file cannot be written.
    """
    _write(saved_file(file), path, diffs=False)


def _write(net: SavedNet, path: str | Path, diffs: bool) -> None:
    match by_ending(path):
        case Format.BINARY:
            write_caffemodel(net, path, diffs=diffs)
        case Format.HDF5:
            write_hdf5(net, path, diffs=diffs)
        case Format.SAFETENSORS:
            write_safetensors(net, path, diffs=diffs)
