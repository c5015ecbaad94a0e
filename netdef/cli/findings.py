"""What is wrong with one file: its text, its options, and the nets that it makes or names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from netdef.cli.consequences import without_consequences
from netdef.data.mean_size import mean_misfit
from netdef.data.missing import missing_files
from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.errors import DefinitionError, Problem, Severity
from netdef.graph.build import examine
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.graph.problems import Locate, title
from netdef.graph.states import mentioned_states
from netdef.prototxt.expand import told_once
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import Loaded, examine_net, examine_solver, unchanged
from netdef.solver.checked import check_solver, locate_within
from netdef.solver.graphs import build_graphs
from netdef.solver.metric import check_watched
from netdef.solver.nets import NetChoice

Problems = Iterator[Problem]
States = Callable[[schema.NetParameter], list[schema.NetState]]


def check_file(file: str, states: States = mentioned_states) -> list[Problem]:
    """Return everything wrong with a file and, if it is a solver, with its nets: file by file, in file order.

    A net file is checked in ``states``; a solver says itself in which its nets are.
    """
    return _sorted(_check_file(file, states))


def _check_file(file: str, states: States) -> Problems:
    try:
        match kind_of(file):
            case FileKind.SOLVER:
                yield from _check_solver(file)
            case FileKind.BLOCKS:
                yield from examine_net(file).problems
            case FileKind.NET:
                yield from _check_net_file(file, states)
    except DefinitionError as error:
        yield from error.problems


def _check_solver(file: str) -> Problems:
    loaded = examine_solver(file)
    yield from _check_text(loaded)
    checked = check_solver(loaded)
    yield from (*checked.problems, *checked.warnings)
    for choice in (checked.train, *checked.tests):
        if choice:
            yield from _check_choice(loaded, choice)
    if loaded.message.lr_policy == "plateau":
        yield from _check_together(loaded)


def _check_together(loaded: Loaded[schema.SolverParameter]) -> Problems:
    """Check what a solver asks of its nets: the policy that watches a test result asks for that."""
    try:
        check_watched(loaded, build_graphs(loaded, unchanged))
    except DefinitionError as error:
        yield from error.problems


def _check_text(loaded: Loaded[schema.NetParameter] | Loaded[schema.SolverParameter]) -> Problems:
    yield from loaded.problems
    for notice in loaded.notices:
        yield Problem(notice, loaded.locate(()), severity=Severity.WARNING)


def _check_choice(loaded: Loaded[schema.SolverParameter], choice: NetChoice) -> Problems:
    """Check a net of a solver: a message inside the solver's file, or a file of its own."""
    folder = Path(loaded.file).parent
    if choice.message is not None:
        locate = locate_within(loaded, choice.path)
        yield from _check_net(choice.message, [choice.state_for(choice.message)], locate, folder)
        return
    file = resolve(choice.file or "", folder)
    if not file.exists():
        looked = " and ".join(dict.fromkeys((".", str(folder))))
        yield Problem(f"net {choice.file} is not there", loaded.locate(choice.path), f"looked in {looked}")
        return
    try:
        if kind_of(file) is FileKind.SOLVER:
            yield Problem(
                f"net {choice.file} is a solver file itself, where a net file is wanted", loaded.locate(choice.path)
            )
            return
        yield from _check_net_file(str(file), lambda net: [choice.state_for(net)])
    except DefinitionError as error:
        yield from error.problems


def _check_net_file(file: str, states: States) -> Problems:
    loaded = examine_net(file)
    yield from _check_text(loaded)
    net = loaded.message
    if not loaded.is_whole:
        return
    if net.layer:
        found = _check_net(net, states(net), loaded.locate, Path(file).parent)
        yield from without_consequences(found, loaded)
    elif not any(problem.severity is Severity.ERROR for problem in loaded.problems):
        yield Problem("the net has no layers", loaded.locate(()), "a layer begins with: layer {")


def _check_net(net: schema.NetParameter, states: list[schema.NetState], locate: Locate, folder: Path) -> Problems:
    shapes, find_file = partial(record_shapes, folder=folder), partial(resolve, folder=folder)
    for state in states:
        graph, problems = examine(net, state, record_shapes=shapes, locate=locate, find_file=find_file)
        yield from problems.found
        if not problems.errors:
            yield from _check_placement(graph)
    for position, layer in enumerate(net.layer):
        for path, name in missing_files(layer, folder):
            message = f"{title(layer)}: {name} is not there; training will need it"
            yield Problem(message, locate(("layer", position, *path)), severity=Severity.WARNING)
        if misfit := mean_misfit(layer, folder):
            yield Problem(f"{title(layer)}: {misfit}", locate(("layer", position, "transform_param", "mean_file")))


def _check_placement(graph: Graph) -> Problems:
    try:
        place(graph)
    except DefinitionError as error:
        yield from error.problems


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    """Return each problem once, since several phases may have the same; files in the order of their first problems."""
    unique = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(map(_file, unique)))

    def order(problem: Problem) -> tuple[int, tuple[tuple[int, int], ...]]:
        return files.index(_file(problem)), problem.place.trail if problem.place else ()

    return told_once(sorted(unique, key=order))


def _file(problem: Problem) -> str:
    return problem.place.outermost.file if problem.place else ""
