"""Whether a layer's mean image has the size of its records: found out without NumPy, before anything runs."""

from __future__ import annotations

from pathlib import Path

from netdef.data.blob_file import read_blob
from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.errors import DataError
from netdef.layers.shape import show
from netdef.schema import netdef_pb2 as schema
from netdef.schema.blob_shape import blob_shape


def mean_misfit(message: schema.LayerParameter, folder: str | Path | None = None) -> str:
    """Return what is wrong with the mean file of a layer, nothing where all is well or it cannot be known.

    NumPy's files are not looked into.
    """
    name = message.transform_param.mean_file
    path = resolve(name, folder)
    if not name or not path.is_file() or path.suffix == ".npy":
        return ""
    try:
        mean = blob_shape(read_blob(path))[-3:]
        records = record_shapes(message, folder)
    except DataError as error:
        return str(error)
    if not records or records[0] == tuple(mean):
        return ""
    return f"mean_file {name} is {show(mean)}, but the records are {show(records[0])}: they must be of one size"
