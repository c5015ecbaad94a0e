"""From files to a run: reads a solver, builds its nets, opens their databases; for the train command and the API."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import torch

from netdef.data.paths import resolve
from netdef.devices import choose_device
from netdef.graph.graph import Graph
from netdef.layers.python import python_layers
from netdef.loading import open_feed
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, load_solver, unchanged
from netdef.solver.batch import Batches
from netdef.solver.checked import check_solver
from netdef.solver.evaluation import EvaluatedNet
from netdef.solver.graphs import SolverGraph, SolverGraphs, build_graphs
from netdef.solver.loop import Solver
from netdef.solver.metric import check_watched
from netdef.solver.request import Request, no_request
from netdef.solver.snapshot import read, restore, save
from netdef.weights.load import Paths, load_weights, split_paths
from netdef.weights.report import Report
from netdef.weights.state import SolverState

SEED_BITS = 31


class OpenBatches(Batches, Protocol):
    """Batches that know how far they have come, and have something to close."""

    def positions(self) -> dict[str, int]:
        """Return how many records each source layer has given."""

    def close(self) -> None:
        """End the threads and close the databases."""


class Opener(Protocol):
    """What opens the sources of a net: ``open_feed``, or its like."""

    def __call__(  # noqa: D102
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None
    ) -> OpenBatches: ...


class NetMaker(Protocol):
    """What makes a net of a graph: the class ``Net``, or its like."""

    def __call__(  # noqa: D102
        self, graph: Graph, *, seed: int, device: torch.device, share: Net | None = None
    ) -> Net: ...


@dataclass
class Training:
    """A solver with its nets and feeds, ready to run. Use it in a ``with`` block: the feeds have threads.

    ``seed`` is the run's, drawn if the file gives none; ``notices`` are what the user should know of the files;
    ``finetuned`` tells which weights the run began with, if it began with any.
    """

    options: schema.SolverParameter
    seed: int
    solver: Solver
    feeds: dict[str, OpenBatches]
    notices: list[str]
    finetuned: Report | None = None

    @property
    def net(self) -> Net:
        """The net that is trained."""
        return self.solver.net

    @property
    def folder(self) -> Path:
        """The run folder: that of the snapshots."""
        return Path(self.options.snapshot_prefix).parent

    def load_weights(self, paths: Paths) -> Report:
        """Copy weights into the train net (and so into the test nets, which share them), layer by layer by name.

        Raises: WeightsError if a file cannot be read or a blob does not fit.
        """
        return load_weights(self.net, paths)

    def snapshot(self) -> tuple[Path, Path]:
        """Save weights and solver state under snapshot_prefix, and return their paths.

        Raises: SnapshotError.
        """
        solver, options = self.solver, self.options
        state = SolverState(
            iteration=solver.iteration,
            histories=tuple(history.detach().float().cpu().numpy() for history in solver.updater.histories),
            current_step=solver.policy.current_step(max(solver.iteration - 1, 0)),
            seed=self.seed,
            positions=dict(self._positions()),
            recent_loss=tuple(solver.smoothed.recent),
            plateau=solver.policy.memory,
        )
        return save(options.snapshot_prefix, self.net, state, options.snapshot_format, diffs=options.snapshot_diff)

    def _positions(self) -> Iterator[tuple[tuple[str, str], int]]:
        for net, feed in self.feeds.items():
            yield from (((net, layer), position) for layer, position in feed.positions().items())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for feed in self.feeds.values():
            feed.close()


def open_training(
    path: str | PathLike[str],
    *,
    snapshot: str | PathLike[str] | None = None,
    weights: str = "",
    device: torch.device | str | None = None,
    level: int = 0,
    stages: Sequence[str] = (),
    edit_solver: Edit = unchanged,
    edit_net: Edit = unchanged,
    request: Callable[[], Request] = no_request,
    keep_updates: bool = False,
    allow_python_layers: bool = False,
    make_net: NetMaker = Net,
    open_batches: Opener = open_feed,
) -> Training:
    """Read a solver file and put together what it trains; go on from ``snapshot``, a .solverstate, if there is one.

    Without a snapshot the net begins with ``weights`` (paths, with commas between) or, without these, with those that
    the file names, if any. ``device`` wins over the file's solver_mode; ``level`` and ``stages`` are added to the train
    net's state; the edits may change the files' syntax trees before they are given a meaning. Python layers run the
    code that the files name only with ``allow_python_layers``. ``make_net`` and ``open_batches`` make the nets and what
    feeds them, where those of this room will not do.

    Raises: DefinitionError with everything wrong in the files; DataError for databases; WeightsError; SnapshotError;
    DeviceError.
    """
    loaded = load_solver(path, edit_solver)
    options = loaded.message
    _complete(options, Path(path), level, stages)
    with python_layers(allow_python_layers):
        graphs = build_graphs(loaded, edit_net)
    check_watched(loaded, graphs)
    state = read(fspath(snapshot)).state if snapshot else None
    seed = _seed(options, state)
    device = torch.device(device) if device else choose_device("", options)
    with ExitStack() as opened:
        feeds = {
            one.name: opened.enter_context(closing(_feed(open_batches, one, seed, state)))
            for one in (graphs.train, *graphs.tests)
        }
        solver = _solver(options, graphs, feeds, partial(make_net, seed=seed, device=device), request, keep_updates)
        warnings = map(str, check_solver(loaded).warnings)
        training = Training(options, seed, solver, feeds, [*loaded.notices, *graphs.notices, *warnings])
        if snapshot:
            _resume(solver, fspath(snapshot))
        elif paths := split_paths(weights) or _named_weights(options, Path(path).parent):
            training.finetuned = training.load_weights(paths)
        opened.pop_all()
    return training


def _complete(options: schema.SolverParameter, path: Path, level: int, stages: Sequence[str]) -> None:
    options.snapshot_prefix = snapshot_prefix(options.snapshot_prefix, path)
    options.train_state.stage.extend(stages)
    if level:
        options.train_state.level = level


def _named_weights(options: schema.SolverParameter, folder: Path) -> list[str | Path]:
    return [resolve(path, folder) for path in split_paths(options.weights)]


def _feed(open_batches: Opener, net: SolverGraph, seed: int, state: SolverState | None) -> OpenBatches:
    positions = state.positions if state else {}
    start = {layer: ordinal for (name, layer), ordinal in positions.items() if name == net.name}
    return open_batches(net.graph, net.folder, seed=seed, name=net.name, start=start)


def _solver(
    options: schema.SolverParameter,
    graphs: SolverGraphs,
    feeds: dict[str, OpenBatches],
    make_net: Callable[..., Net],
    request: Callable[[], Request],
    keep_updates: bool,
) -> Solver:
    net = make_net(graphs.train.graph)
    tests = [EvaluatedNet(make_net(test.graph, share=net), feeds[test.name], test.iterations) for test in graphs.tests]
    train_feed = feeds[graphs.train.name]
    return Solver(options, net, train_feed, tests, request=request, keep_updates=keep_updates)


def _resume(solver: Solver, snapshot: str) -> None:
    histories = solver.updater.histories
    state = restore(snapshot, solver.net, histories)
    solver.resume(state.iteration, state.recent_loss)
    solver.policy.resume(state.plateau)
    still = [parameter.frozen for parameter in solver.net.graph.parameters]
    for history, frozen in zip(histories, still * (len(histories) // max(len(still), 1)), strict=True):
        if frozen:  # what a layer learned before it was frozen must not move it any more
            history.zero_()


def _seed(options: schema.SolverParameter, state: SolverState | None) -> int:
    """Return the run's seed: the file's, else the snapshot's, else a new one."""
    if options.random_seed >= 0:
        return options.random_seed
    if state and state.seed is not None:
        return state.seed
    return secrets.randbits(SEED_BITS)


def snapshot_prefix(prefix: str, solver: Path) -> str:
    """Return where snapshots go: ``prefix``; in a folder, under the solver's name; without any, beside the solver.

    Source: upgrade_proto.cpp, UpgradeSnapshotPrefixProperty.
    """
    if not prefix:
        return str(solver.with_suffix(""))
    in_folder = prefix.endswith("/") or Path(prefix).is_dir()
    return str(Path(prefix) / solver.stem) if in_folder else prefix
