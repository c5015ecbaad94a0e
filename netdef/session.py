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
from typing import Any, Self, TypeVar

import torch
from torch import Tensor

from netdef.data.ahead import ahead_on
from netdef.data.paths import resolve
from netdef.devices import choose_device
from netdef.graph.graph import Graph
from netdef.layers.python import python_layers
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, load_solver, unchanged
from netdef.solver.checked import check_solver
from netdef.solver.crew import Crew, OpenBatches, Opened, OpenTestBatches
from netdef.solver.debug_info import DebugInfo
from netdef.solver.evaluation import EvaluatedNet
from netdef.solver.graphs import TRAIN_NET, SolverGraph, SolverGraphs, build_graphs
from netdef.solver.loop import Solver
from netdef.solver.metric import check_watched
from netdef.solver.replay import replay_on
from netdef.solver.request import Request, no_request
from netdef.solver.rules.registry import rule_of
from netdef.solver.snapshot import Snapshot, paths, put_back, read, save, saved_values
from netdef.solver.ways import computing_as
from netdef.weights.load import Paths, find_weights, split_paths
from netdef.weights.report import Report
from netdef.weights.state import SolverState

SEED_BITS = 31
T = TypeVar("T")
ONE_PROCESS = Crew()


@dataclass
class Training:
    """A solver with its nets and feeds, ready to run. Use it in a ``with`` block: the feeds have threads.

    ``seed`` is the run's, drawn if the file gives none; ``notices`` are what the user should know of the files;
    ``finetuned`` tells which weights the run began with, if it began with any.
    """

    options: schema.SolverParameter
    seed: int
    solver: Solver
    feeds: dict[str, Opened]
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

    def snapshot(self) -> tuple[Path, Path]:
        """Save weights and solver state under snapshot_prefix, and return their paths; of workers, the first one saves.

        Raises: SnapshotError; TrainingError if the workers' nets are not the same any more.
        """
        solver, options = self.solver, self.options
        solver.settle()
        solver.replica.check_agreement(solver.updater.histories)
        with solver.replica.whole(solver.updater.histories) as histories:
            if not solver.workers.leads:
                return paths(options.snapshot_prefix, solver.iteration, options.snapshot_format)
            state = self._state(histories)
            return save(options.snapshot_prefix, self.net, state, options.snapshot_format, diffs=options.snapshot_diff)

    def _state(self, histories: Sequence[Tensor]) -> SolverState:
        solver = self.solver
        return SolverState(
            iteration=solver.iteration,
            histories=tuple(history.detach().float().cpu().numpy() for history in histories),
            current_step=solver.policy.current_step(max(solver.iteration - 1, 0)),
            seed=self.seed,
            positions=dict(self._positions()),
            recent_loss=tuple(solver.smoothed.recent),
            plateau=solver.policy.memory,
            loss_scale=solver.loss_scale.memory if solver.loss_scale else None,
        )

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
    devices: Sequence[str] = (),
    micro_batches: int = 1,
    level: int = 0,
    stages: Sequence[str] = (),
    edit_solver: Edit = unchanged,
    edit_net: Edit = unchanged,
    request: Callable[[], Request] = no_request,
    keep_updates: bool = False,
    allow_python_layers: bool = False,
    crew: Crew = ONE_PROCESS,
) -> Training:
    """Read a solver file and put together what it trains; go on from ``snapshot``, a .solverstate, if there is one.

    Without a snapshot the net begins with ``weights`` (paths, with commas between) or, without these, with those that
    the file names, if any. ``device`` wins over the file's solver_mode; ``devices`` are what the file's logical devices
    stand for, and ``micro_batches`` the parts of a batch that the layers on them work on in turn. ``level`` and
    ``stages`` are added to the train net's state; the edits may change the files' syntax trees before they are given a
    meaning. Python layers run the code that the files name only with ``allow_python_layers``. ``crew`` is who trains,
    together with other processes or alone.

    Raises: DefinitionError with everything wrong in the files; DataError for databases; WeightsError; SnapshotError;
    DeviceError.
    """
    loaded = load_solver(path, edit_solver)
    options = loaded.message
    _complete(options, Path(path), level, stages)
    with python_layers(allow_python_layers):
        graphs = build_graphs(loaded, edit_net, crew.workers.count)
    check_watched(loaded, graphs)
    resumed = read(fspath(snapshot)) if snapshot else None
    state = resumed.state if resumed else None
    seed = _seed(options, state, crew.seed)
    device = torch.device(device) if device else choose_device("", options)
    with ExitStack() as opened:
        train = opened.enter_context(closing(_feed(crew.open_batches, graphs.train, seed, state)))
        tests = [opened.enter_context(closing(_feed(crew.open_tests, test, seed, state))) for test in graphs.tests]
        make_net = partial(computing_as(options, crew.make_net), seed=seed, device=device, devices=devices)
        files = [] if resumed else split_paths(weights) or _named_weights(options, Path(path).parent)
        make_train_net = partial(make_net, graphs.train.graph, micro_batches=micro_batches)
        net, finetuned = _begun(make_train_net, graphs.train.graph, options, resumed, files)
        batches = ahead_on(net.device, net.dtype, train)
        solver = _solver(
            options, graphs, net, batches, tests, crew, make_net, request=request, keep_updates=keep_updates
        )
        feeds: dict[str, Opened] = {TRAIN_NET: batches}
        feeds |= {graph.name: feed for graph, feed in zip(graphs.tests, tests, strict=True)}
        warnings = map(str, check_solver(loaded).warnings)
        notices = [*loaded.notices, *graphs.notices, *warnings]
        training = Training(options, seed, solver, feeds, notices, finetuned)
        if state:
            _resume(solver, state)
        opened.pop_all()
    return training


def _complete(options: schema.SolverParameter, path: Path, level: int, stages: Sequence[str]) -> None:
    options.snapshot_prefix = snapshot_prefix(options.snapshot_prefix, path)
    options.train_state.stage.extend(stages)
    if level:
        options.train_state.level = level


def _named_weights(options: schema.SolverParameter, folder: Path) -> list[str | Path]:
    return [resolve(path, folder) for path in split_paths(options.weights)]


def _begun(
    make_net: Callable[..., Net], graph: Graph, options: schema.SolverParameter, resumed: Snapshot | None, files: Paths
) -> tuple[Net, Report | None]:
    """Make a net with the weights of a snapshot, else of files, if there are any; their memory is free when it is made.

    Nothing is drawn for what they have.
    """
    if resumed:
        return make_net(given=saved_values(resumed, graph, rule_of(options).history_kinds)), None
    if not files:
        return make_net(), None
    found = find_weights(graph, files)
    return make_net(given=found.values), found.report


def _feed(open_batches: Callable[..., T], net: SolverGraph, seed: int, state: SolverState | None) -> T:
    positions = state.positions if state else {}
    start = {layer: ordinal for (name, layer), ordinal in positions.items() if name == net.name}
    return open_batches(net.graph, net.folder, seed=seed, name=net.name, start=start)


def _solver(
    options: schema.SolverParameter,
    graphs: SolverGraphs,
    net: Net,
    train: OpenBatches,
    tests: Sequence[OpenTestBatches],
    crew: Crew,
    make_net: Callable[..., Net],
    **how: Any,
) -> Solver:
    replica = crew.make_replica(net, options)
    evaluated = [
        EvaluatedNet(
            test_net,
            batches,
            test.iterations,
            replica.lend_to(test_net),
            DebugInfo(test_net) if options.debug_info else None,
        )
        for test, batches in zip(graphs.tests, tests, strict=True)
        for test_net in (make_net(test.graph, share=net),)
    ]
    replay = replay_on(net, crew.workers.count) if options.cuda_graph else None
    return Solver(options, net, train, evaluated, workers=crew.workers, replica=replica, replay=replay, **how)


def _resume(solver: Solver, state: SolverState) -> None:
    histories = solver.updater.histories
    with solver.replica.whole(histories, changing=True) as whole:
        put_back(state, solver.net, whole)
    solver.resume(state.iteration, state.recent_loss)
    solver.policy.resume(state.plateau)
    if solver.loss_scale:
        solver.loss_scale.resume(state.loss_scale)
    still = [parameter.frozen for parameter, _ in solver.net.stored()]
    for history, frozen in zip(histories, still * (len(histories) // max(len(still), 1)), strict=True):
        if frozen:  # what a layer learned before it was frozen must not move it any more
            history.zero_()


def _seed(options: schema.SolverParameter, state: SolverState | None, drawn: int | None) -> int:
    """Return the run's seed: the file's, else the snapshot's, else the one ``drawn``, else a new one."""
    if options.random_seed >= 0:
        return options.random_seed
    if state and state.seed is not None:
        return state.seed
    return draw_seed() if drawn is None else drawn


def draw_seed() -> int:
    """Return a seed that nobody can foretell."""
    return secrets.randbits(SEED_BITS)


def snapshot_prefix(prefix: str, solver: Path) -> str:
    """Return where snapshots go: ``prefix``; in a folder, under the solver's name; without any, beside the solver.

    Source: upgrade_proto.cpp, UpgradeSnapshotPrefixProperty.
    """
    if not prefix:
        return str(solver.with_suffix(""))
    in_folder = prefix.endswith("/") or Path(prefix).is_dir()
    return str(Path(prefix) / solver.stem) if in_folder else prefix
