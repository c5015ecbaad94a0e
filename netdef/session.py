"""From files to a run: reads a solver, builds its nets, opens their databases. What the train command and the API share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Self

import torch

from netdef.data.feed import Feed
from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.devices import choose_device
from netdef.errors import DefinitionError, LayerError, Place, Problem
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.graph.problems import Path as FieldPath
from netdef.loading import open_feed
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, Loaded, load_net, load_solver, unchanged
from netdef.solver.loop import EvaluatedNet, Request, Solver, no_request
from netdef.solver.nets import NetChoice, tested_nets, train_net
from netdef.solver.snapshot import read, restore, save
from netdef.weights.load import load_weights
from netdef.weights.report import Report
from netdef.weights.state import SolverState

SEED_BITS = 31
TRAIN_NET = "train"


@dataclass
class Training:
    """A solver with its nets and feeds, ready to run. Use it in a ``with`` block: the feeds have threads.

    ``seed`` is the run's, drawn if the file gives none; ``notices`` are what the user should know of the files.
    """

    options: schema.SolverParameter
    seed: int
    solver: Solver
    feeds: dict[str, Feed]
    notices: list[str]

    @property
    def net(self) -> Net:
        """The net that is trained."""
        return self.solver.net

    @property
    def folder(self) -> Path:
        """The run folder: that of the snapshots."""
        return Path(self.options.snapshot_prefix).parent

    def load_weights(self, paths: str) -> Report:
        """Copy weights into the train net (and so into the test nets, which share them), layer by layer by name.

        Raises: WeightsError if a file cannot be read or a blob does not fit.
        """
        return load_weights(self.net, paths)

    def snapshot(self) -> tuple[Path, Path]:
        """Save weights and solver state under snapshot_prefix, and return their paths.

        Raises: SnapshotError.
        """
        solver = self.solver
        state = SolverState(
            iteration=solver.iteration,
            histories=tuple(history.detach().float().cpu().numpy() for history in solver.updater.histories),
            current_step=solver.policy.current_step(max(solver.iteration - 1, 0)),
            seed=self.seed,
            positions={
                (net, layer): position for net, feed in self.feeds.items() for layer, position in feed.positions().items()
            },
            recent_loss=tuple(solver.smoothed.recent),
        )
        options = self.options
        return save(options.snapshot_prefix, self.net, state, options.snapshot_format, diffs=options.snapshot_diff)

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
    device: torch.device | str | None = None,
    level: int = 0,
    stages: Sequence[str] = (),
    edit_solver: Edit = unchanged,
    edit_net: Edit = unchanged,
    request: Callable[[], Request] = no_request,
    keep_updates: bool = False,
) -> Training:
    """Read a solver file and put together what it trains; go on from ``snapshot``, a .solverstate, if there is one.

    ``device`` wins over the file's solver_mode; ``level`` and ``stages`` are added to the train net's state; the edits may change
    the files' syntax trees before they are given a meaning.

    Raises: DefinitionError for the files' errors, DataError for databases, SnapshotError, DeviceError.
    """
    loaded = load_solver(path, edit_solver)
    options = loaded.message
    options.snapshot_prefix = snapshot_prefix(options.snapshot_prefix, Path(path))
    options.train_state.level = level or options.train_state.level
    options.train_state.stage.extend(stages)
    state = read(fspath(snapshot)).state if snapshot else None
    assembly = _Assembly(loaded, edit_net, torch.device(device) if device else choose_device("", options), state)
    with ExitStack() as undo:
        undo.callback(assembly.close)
        with solver_errors(loaded):
            solver = assembly.solver(request, keep_updates)
        if snapshot and state:
            restore(fspath(snapshot), solver.net, solver.updater.histories)
            solver.resume(state.iteration, state.recent_loss)
        undo.pop_all()
    return Training(options, assembly.seed, solver, assembly.feeds, assembly.notices)


class _Assembly:
    """The putting together of one run."""

    def __init__(
        self, loaded: Loaded[schema.SolverParameter], edit_net: Edit, device: torch.device, state: SolverState | None
    ) -> None:
        self.loaded = loaded
        self.edit_net = edit_net
        self.device = device
        self.seed = _seed(loaded.message, state)
        self.positions = state.positions if state else {}
        self.feeds: dict[str, Feed] = {}
        self.notices = list(loaded.notices)

    def close(self) -> None:
        for feed in self.feeds.values():
            feed.close()

    def solver(self, request: Callable[[], Request], keep_updates: bool) -> Solver:
        options = self.loaded.message
        graph, folder = self._graph(train_net(options))
        net = Net(graph, seed=self.seed, device=self.device)
        feed = self._feed(graph, folder, TRAIN_NET)
        tests = [self._test(f"test{index}", choice, net) for index, choice in enumerate(tested_nets(options))]
        return Solver(options, net, feed, tests, request=request, keep_updates=keep_updates)

    def _test(self, name: str, choice: NetChoice, share: Net) -> EvaluatedNet:
        graph, folder = self._graph(choice)
        net = Net(graph, seed=self.seed, device=self.device, share=share)
        return EvaluatedNet(net, self._feed(graph, folder, name), choice.iterations)

    def _graph(self, choice: NetChoice) -> tuple[Graph, Path]:
        """Build a net of the solver: from a file of its own, or from a message inside the solver's."""
        here = Path(self.loaded.file).parent
        if choice.message is not None:
            return self._build(choice, choice.message, partial(_inside, self.loaded, choice.path), here), here
        file = resolve(choice.file or "", here)
        net = load_net(file, self.edit_net)
        self.notices += [f"{file}: {notice}" for notice in net.notices if choice.phase == schema.TRAIN]
        return self._build(choice, net.message, net.locate, file.parent), file.parent

    def _build(
        self, choice: NetChoice, net: schema.NetParameter, locate: Callable[[FieldPath], Place | None], folder: Path
    ) -> Graph:
        shapes = partial(record_shapes, folder=folder)
        return build(net, choice.state_for(net), record_shapes=shapes, locate=locate)

    def _feed(self, graph: Graph, folder: Path, name: str) -> Feed:
        start = {layer: ordinal for (net, layer), ordinal in self.positions.items() if net == name}
        self.feeds[name] = open_feed(graph, folder, seed=self.seed, name=name, start=start)
        return self.feeds[name]


def _inside(loaded: Loaded[schema.SolverParameter], holder: FieldPath, path: FieldPath) -> Place:
    """Locate a field of a net that stands inside a solver's file."""
    return loaded.locate((*holder, *path))


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
    return str(Path(prefix) / solver.stem) if Path(prefix).is_dir() else prefix


@contextmanager
def solver_errors(loaded: Loaded[schema.SolverParameter]) -> Iterator[None]:
    """Give what a rule says of the solver's options its place in the file."""
    try:
        yield
    except LayerError as error:
        problem = Problem(error.message, loaded.locate(error.path), error.hint, error.evidence)
        raise DefinitionError([problem]) from None
