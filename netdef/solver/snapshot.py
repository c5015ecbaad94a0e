"""Snapshots: pairs of a weights file and a solver state, from which training goes on.

The weights are written first, then the solver state: where there is a solver state, its weights are whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import torch
from torch import Tensor

from netdef.errors import NetdefError, SnapshotError, WeightsError
from netdef.graph.graph import Graph, Parameter
from netdef.layers.shape import show
from netdef.module.first_values import tensor_of
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.weights.atomic import SUFFIX, replacing
from netdef.weights.contents import Array
from netdef.weights.file import read_weights, save_weights
from netdef.weights.layer_state import layer_state, set_layer_state
from netdef.weights.load import copy_into, find_weights
from netdef.weights.match import significant
from netdef.weights.solverstate import read_solverstate, write_solverstate
from netdef.weights.state import SolverState

_BINARY = schema.SolverParameter.BINARYPROTO


@dataclass(frozen=True)
class Snapshot:
    """A solver state and where its weights are."""

    path: Path
    weights: Path
    state: SolverState


def paths(prefix: str, iteration: int, form: schema.SolverParameter.SnapshotFormat = _BINARY) -> tuple[Path, Path]:
    """Return where the weights and the solver state of an iteration are saved."""
    ending = "" if form == _BINARY else ".h5"
    return Path(f"{prefix}_iter_{iteration}.caffemodel{ending}"), Path(f"{prefix}_iter_{iteration}.solverstate{ending}")


def save(
    prefix: str,
    net: Net,
    state: SolverState,
    form: schema.SolverParameter.SnapshotFormat = _BINARY,
    *,
    diffs: bool = False,
) -> tuple[Path, Path]:
    """Write the pair ``<prefix>_iter_N.caffemodel`` and ``.solverstate`` (HDF5: ``….h5``), and return their paths.

    The state's ``learned_net`` and ``layer_state`` are filled in here. With ``diffs`` the gradients are saved too.

    Raises: SnapshotError if a file cannot be written; an earlier pair of the same iteration may then be gone.
    """
    weights, path = paths(prefix, state.iteration, form)
    try:
        path.unlink(missing_ok=True)  # else a kill here would leave an old state with new weights
        save_weights(net, weights, diffs=diffs)
    except OSError as error:
        raise SnapshotError(f"{path} cannot be replaced: {error.strerror}") from error
    except WeightsError as error:
        raise SnapshotError(str(error)) from error
    write_solverstate(replace(state, learned_net=str(weights), layer_state=layer_state(net)), path)
    return weights, path


def probe(prefix: str) -> None:
    """Make the folder of the snapshots, try to write into it, and clear away what killed runs left half written.

    Raises: SnapshotError if that fails: before the training, not after hours of it.
    """
    folder = Path(os.path.dirname(prefix))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(f"{prefix}_iter_0.tempfile", SnapshotError) as temporary:
            temporary.write_bytes(b"")
        Path(f"{prefix}_iter_0.tempfile").unlink()
        for rest in _listed(prefix, rf"\.(caffemodel|solverstate)(\.h5)?{re.escape(SUFFIX)}"):
            rest.unlink()
    except (OSError, SnapshotError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SnapshotError(
            f"no snapshot can be written to {folder}: {reason}\n    set snapshot_prefix to a place that can be written"
        ) from None


def newest(prefix: str, passed_over: Callable[[str], None] = lambda reason: None) -> Path | None:
    """Return the solver state of the newest whole pair, or None.

    ``passed_over`` is told of each newer one that is not whole, and why.
    """
    for path in sorted(_listed(prefix, r"\.solverstate(\.h5)?"), key=_age, reverse=True):
        try:
            read_weights(read(path).weights)
        except NetdefError as error:
            passed_over(f"{path} is passed over: {error}")
        else:
            return path
    return None


def _listed(prefix: str, ending: str) -> list[Path]:
    folder, stem = os.path.split(prefix)
    pattern = re.compile(rf"{re.escape(stem)}_iter_(\d+){ending}")
    here = Path(folder)
    return [entry for entry in here.iterdir() if pattern.fullmatch(entry.name)] if here.is_dir() else []


def _age(path: Path) -> tuple[int, float]:
    iteration = path.name.rpartition("_iter_")[2].partition(".")[0]
    return int(iteration), path.stat().st_mtime


def read(path: str | Path) -> Snapshot:
    """Read a solver state and find its weights: where it says, seen from the working directory, else beside it.

    Raises: SnapshotError if it cannot be read, is another kind of file, or the weights are nowhere.
    """
    path = Path(path)
    try:
        state = read_solverstate(path)
    except SnapshotError as error:
        raise SnapshotError(f"{error}{_meant(path)}") from None
    places = list(dict.fromkeys(_places(path, state.learned_net)))
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise SnapshotError(f"{path}: its weights are missing; looked for {', '.join(map(str, places))}")
    return Snapshot(path, found, state)


def _meant(path: Path) -> str:
    beside = path.with_name(path.name.replace(".caffemodel", ".solverstate"))
    return f"\n    did you mean {beside}?" if beside != path and beside.is_file() else ""


def _places(path: Path, learned_net: str) -> Iterator[Path]:
    if learned_net:
        yield Path(learned_net)
        yield path.parent / Path(learned_net).name
    yield path.with_name(path.name.replace(".solverstate", ".caffemodel"))


def restore(path: str | Path, net: Net, histories: Sequence[Tensor]) -> SolverState:
    """Put a snapshot's weights and layers' state into a net, its histories into an updater's, and return the rest.

    Raises: SnapshotError if anything does not fit; net and histories are then as before.
    """
    snapshot = read(path)
    kinds = len(histories) // max(1, len(net.graph.parameters))
    copy_into(net, saved_values(snapshot, net.graph, kinds).items())
    put_back(snapshot.state, net, histories)
    return snapshot.state


def saved_values(snapshot: Snapshot, graph: Graph, kinds: int) -> dict[Parameter, Array]:
    """Read a snapshot's weights for a net, if its solver has ``kinds`` of histories for each parameter.

    Raises: SnapshotError if weights or histories do not fit.
    """
    _check_histories(snapshot, graph, kinds)
    try:
        return find_weights(graph, snapshot.weights, complete=True).values
    except WeightsError as error:
        raise SnapshotError(f"{snapshot.path}: {error}") from None


@torch.no_grad()
def put_back(state: SolverState, net: Net, histories: Sequence[Tensor]) -> None:
    """Put layers' state into a net, and histories that are known to fit into an updater's."""
    set_layer_state(net, state.layer_state)
    for tensor, array in zip(histories, state.histories, strict=True):
        tensor.copy_(tensor_of(array).reshape(tensor.shape))


def _check_histories(snapshot: Snapshot, graph: Graph, kinds: int) -> None:
    found, parameters = snapshot.state.histories, graph.parameters
    if len(found) != kinds * len(parameters):
        message = f"{snapshot.path}: {len(found)} histories, but the solver has {kinds * len(parameters)}"
        raise SnapshotError(
            f"{message} for its net of {len(parameters)} parameters\n    {_other_solver(len(found), parameters)}"
        )
    misfits = [
        f'layer "{own.owner}", blob {own.index}: {show(array.shape)} in the snapshot, {show(own.shape)} in the net'
        for own, array in zip(cycle(parameters), found, strict=False)
        if significant(array.shape) != significant(own.shape)
    ]
    if misfits:
        raise SnapshotError("\n    ".join([f'{snapshot.path}: its histories do not fit net "{graph.name}"', *misfits]))


def _other_solver(found: int, parameters: Sequence[Parameter]) -> str:
    if parameters and found in (len(parameters), 2 * len(parameters)):
        return "it was saved by another type of solver (AdaDelta and Adam keep two for each parameter, the others one)"
    return "it was saved from another net"
