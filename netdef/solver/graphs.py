"""The graphs of all nets that a solver's file names, and everything that is wrong with any of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.errors import DefinitionError, LayerError, Problem
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.graph.problems import Locate
from netdef.graph.typed import load_typed
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, Loaded
from netdef.solver.checked import check_solver, locate_within
from netdef.solver.global_batch import batch_share, with_batch
from netdef.solver.nets import NetChoice

TRAIN_NET = "train"


@dataclass(frozen=True)
class SolverGraph:
    """One net of a solver: its graph, the folder of its file, and on how many batches it is tested.

    ``name`` is "train", "test0", "test1" …
    """

    name: str
    graph: Graph
    folder: Path
    iterations: int


@dataclass
class SolverGraphs:
    """The train net, the test nets in order, and what the user should know of their files."""

    train: SolverGraph
    tests: list[SolverGraph]
    notices: list[str]


def build_graphs(loaded: Loaded[schema.SolverParameter], edit_net: Edit, workers: int = 1) -> SolverGraphs:
    """Check a solver's options and build the graphs of its nets, as one of ``workers`` trains and tests them.

    ``edit_net`` may change the files' syntax trees.

    Raises: DefinitionError with everything wrong in the solver's file and in those of its nets.
    """
    checked = check_solver(loaded)
    work = _Work(loaded, edit_net, problems=list(checked.problems))
    work.share_batch(workers)
    train = work.graph(checked.train, TRAIN_NET) if checked.train else None
    tests = [work.graph(choice, f"test{number}") for number, choice in enumerate(checked.tests)]
    if train is None or work.problems:
        raise DefinitionError(dict.fromkeys(work.problems))
    return SolverGraphs(train, [test for test in tests if test], work.notices)


@dataclass
class _Work:
    """The building of one solver's graphs; a file that several nets are made of is read once."""

    loaded: Loaded[schema.SolverParameter]
    edit_net: Edit
    files: dict[Path, Loaded[schema.NetParameter]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    train_batch: int | None = None  # None: what the data layers say

    def share_batch(self, workers: int) -> None:
        try:
            self.train_batch = batch_share(self.loaded.message, workers)
        except LayerError as error:
            self.problems.append(Problem(error.message, self.loaded.locate(error.path), error.hint, error.evidence))

    def graph(self, choice: NetChoice, name: str) -> SolverGraph | None:
        try:
            return self._graph(choice, name)
        except DefinitionError as error:
            here = self.loaded.locate(choice.path)
            self.problems += (replace(problem, place=problem.place or here) for problem in error.problems)
            return None

    def _graph(self, choice: NetChoice, name: str) -> SolverGraph:
        """Build a net from a file of its own, or from a message inside the solver's."""
        folder = Path(self.loaded.file).parent
        if choice.message is not None:
            graph = self._build(choice, choice.message, locate_within(self.loaded, choice.path), folder)
            return SolverGraph(name, graph, folder, choice.iterations)
        file = resolve(choice.file or "", folder)
        net = self._read(file)
        graph = self._build(choice, net.message, net.locate, file.parent)
        return SolverGraph(name, graph, file.parent, choice.iterations)

    def _read(self, file: Path) -> Loaded[schema.NetParameter]:
        if file not in self.files:
            self.files[file] = load_typed(file, self.edit_net)
            self.notices += [f"{file}: {notice}" for notice in self.files[file].notices]
        return self.files[file]

    def _build(self, choice: NetChoice, net: schema.NetParameter, locate: Locate, folder: Path) -> Graph:
        state = choice.state_for(net)
        if state.phase == schema.TRAIN and self.train_batch:
            net = with_batch(net, self.train_batch)
        shapes, find_file = partial(record_shapes, folder=folder), partial(resolve, folder=folder)
        graph = build(net, state, record_shapes=shapes, locate=locate, find_file=find_file)
        if not graph.nodes:
            phase = schema.Phase.Name(state.phase)
            stages = f" with stages {', '.join(state.stage)}" if state.stage else ""
            raise DefinitionError([Problem(f"no layer of the net takes part in phase {phase}{stages}")])
        return graph
