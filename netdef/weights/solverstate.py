"""`.solverstate` files, in protobuf's binary form or as HDF5."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from netdef.errors import SnapshotError
from netdef.schema import weights_pb2
from netdef.weights.apart import read_apart
from netdef.weights.atomic import replacing
from netdef.weights.recognise import recognise
from netdef.weights.solverstate_hdf5 import read_solverstate_hdf5, write_solverstate_hdf5
from netdef.weights.state import SolverState, encode, from_message
from netdef.weights.whole import begins_as_hdf5, read_whole


def read_solverstate(path: str | Path) -> SolverState:
    """Read a file of either format, told by its content.

    Raises: SnapshotError if it is not there, cannot be read or is another kind of file.
    """
    if begins_as_hdf5(path, SnapshotError):
        return read_solverstate_hdf5(path)
    try:
        message, arrays = read_apart(path, weights_pb2.SolverState, SnapshotError)
    except DecodeError:
        message, arrays = weights_pb2.SolverState(), ()
    if not message.HasField("iter") or not (message.learned_net or message.history):
        raise SnapshotError(recognise(read_whole(path, SnapshotError)).instead_of(path, "a .solverstate"))
    try:
        return from_message(message, arrays)
    except ValueError as error:
        raise SnapshotError(f"{path}: {error}; the file is damaged") from None


def write_solverstate(state: SolverState, path: str | Path) -> None:
    """Write a state: as HDF5 if the name ends in .h5.

    Raises: SnapshotError if the file cannot be written.
    """
    if str(path).endswith(".h5"):
        write_solverstate_hdf5(state, path)
        return
    with replacing(path, SnapshotError) as temporary, temporary.open("wb") as file:
        file.writelines(encode(state))
