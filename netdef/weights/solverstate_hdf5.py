"""`.solverstate.h5` files: datasets ``iter``, ``learned_net``, ``current_step``, a group ``history`` of ``0``, ``1``, …

What Caffe does not have are the bytes of the dataset ``netdef``: a SolverState message of these fields alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from netdef.errors import SnapshotError
from netdef.schema import weights_pb2
from netdef.weights.contents import readable
from netdef.weights.hdf5_file import reading, writing
from netdef.weights.state import SolverState, from_message, own_fields

_OWN = "netdef"


def read_solverstate_hdf5(path: str | Path) -> SolverState:
    """Read a file.

    Raises: SnapshotError if it cannot be read, or holds something else.
    """
    with reading(path, SnapshotError) as file:
        if "iter" not in file or "history" not in file:
            raise SnapshotError(_other(path, file))
        return _state(file)


def _other(path: str | Path, file: Any) -> str:
    if hasattr(file.get("data"), "items"):
        way_out = "weights are given with --weights; training is resumed from a .solverstate.h5"
        return f"{path} is a weights file, not a solver state\n    {way_out}"
    return f"{path} is no solver state: it has no iter and history, but {', '.join(sorted(file)) or 'nothing'}"


def _state(file: Any) -> SolverState:
    own = file[_OWN][()].tobytes() if _OWN in file else b""
    history = file["history"]
    return replace(
        from_message(weights_pb2.SolverState.FromString(own)),
        iteration=_integer(file["iter"]),
        learned_net=readable(file["learned_net"][()]) if "learned_net" in file else "",
        histories=tuple(np.asarray(history[str(index)]) for index in range(len(history))),
        current_step=_integer(file["current_step"]) if "current_step" in file else 0,
    )


def _integer(dataset: Any) -> int:
    return int(np.asarray(dataset).reshape(-1)[0])


def write_solverstate_hdf5(state: SolverState, path: str | Path) -> None:
    """Write a state.

    Raises: SnapshotError if the file cannot be written.
    """
    with writing(path, SnapshotError) as file:
        file.create_dataset("iter", data=np.array([state.iteration], np.int32))
        file.create_dataset("current_step", data=np.array([state.current_step], np.int32))
        _write_text(file, "learned_net", state.learned_net)
        history = file.create_group("history")
        for index, array in enumerate(state.histories):
            history.create_dataset(str(index), data=array)
        file.create_dataset(_OWN, data=np.frombuffer(own_fields(state).SerializeToString(), np.uint8))


def _write_text(file: Any, name: str, text: str) -> None:
    """Write a string with an end mark, as H5LTmake_dataset_string does: Caffe's reader overruns one without."""
    import h5py

    content = text.encode()
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(content) + 1)
    kind.set_strpad(h5py.h5t.STR_NULLTERM)
    dataset = h5py.h5d.create(file.id, name.encode(), kind, h5py.h5s.create(h5py.h5s.SCALAR))
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(content, f"S{len(content) + 1}"))
