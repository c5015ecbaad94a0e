"""Tell everything that is wrong with model and solver files, without running them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from netdef.data.missing import missing_files
from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.errors import DefinitionError, LayerError, Place, Problem, Severity
from netdef.graph.build import examine
from netdef.graph.problems import Locate, title
from netdef.graph.problems import Path as FieldPath
from netdef.graph.states import mentioned_states
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import Loaded, examine_net, examine_solver
from netdef.solver.nets import NetChoice, tested_nets, train_net
from netdef.solver.options import CHECKS

Problems = list[Problem]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("files", nargs="+", metavar="F", help="a model or solver file")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Print all problems of all files; return 1 if one of them is an error."""
    problems = [problem for file in arguments.files for problem in check_file(file)]
    if arguments.json:
        print(json.dumps([as_object(problem) for problem in problems], indent=2))
    else:
        print_problems(arguments.files, problems)
    return int(any(problem.severity is Severity.ERROR for problem in problems))


def print_problems(files: list[str], problems: Problems) -> None:
    """Print each problem, and how many there were."""
    for problem in problems:
        print(problem)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = f"{_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}"
    print(f"{', '.join(files)}: {counts if problems else 'no problems'}", file=sys.stderr)


def as_object(problem: Problem) -> dict[str, str | int | None]:
    """Return a problem as one of the objects of ``--json``."""
    place = problem.place
    return {
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "severity": problem.severity.value,
        "message": "\n".join([problem.message, *problem.evidence]),
        "hint": problem.hint,
    }


def check_file(file: str) -> Problems:
    """Return everything wrong with a file and, if it is a solver, with its nets."""
    try:
        if kind_of(file) is FileKind.SOLVER:
            return _unique(_check_solver(examine_solver(file)))
        return _unique(_check_net_file(file, None))
    except DefinitionError as error:
        return list(error.problems)


def _check_solver(loaded: Loaded[schema.SolverParameter]) -> Iterator[Problem]:
    yield from loaded.problems
    yield from _old_forms(loaded)
    choices: list[NetChoice] = []
    rules: tuple[Callable[[schema.SolverParameter], object], ...] = (
        *CHECKS,
        lambda options: choices.append(train_net(options)),
        lambda options: choices.extend(tested_nets(options)),
    )
    for rule in rules:
        try:
            rule(loaded.message)
        except LayerError as error:
            yield Problem(error.message, loaded.locate(error.path), error.hint, error.evidence)
    for choice in choices:
        yield from _check_choice(loaded, choice)


def _check_choice(loaded: Loaded[schema.SolverParameter], choice: NetChoice) -> Iterator[Problem]:
    folder = Path(loaded.file).parent
    if choice.message is not None:
        state = choice.state_for(choice.message)
        locate: Locate = partial(_inside, loaded, choice)
        yield from _check_net(choice.message, [state], locate, folder)
        return
    file = resolve(choice.file or "", folder)
    if not file.exists():
        yield Problem(f"net {choice.file} is not there", loaded.locate(choice.path), f"looked in . and {folder}")
        return
    yield from _check_net_file(str(file), choice)


def _inside(loaded: Loaded[schema.SolverParameter], choice: NetChoice, path: FieldPath) -> Place:
    return loaded.locate((*choice.path, *path))


def _check_net_file(file: str, choice: NetChoice | None) -> Iterator[Problem]:
    loaded = examine_net(file)
    yield from loaded.problems
    yield from _old_forms(loaded)
    if any(problem.severity is Severity.ERROR for problem in loaded.problems) and not loaded.message.layer:
        return
    states = [choice.state_for(loaded.message)] if choice else mentioned_states(loaded.message)
    yield from _check_net(loaded.message, states, loaded.locate, Path(file).parent)


def _check_net(
    net: schema.NetParameter, states: list[schema.NetState], locate: Locate, folder: Path
) -> Iterator[Problem]:
    for state in states:
        _, problems = examine(net, state, record_shapes=partial(record_shapes, folder=folder), locate=locate)
        yield from problems.found
    for position, layer in enumerate(net.layer):
        for path, name in missing_files(layer, folder):
            message = f"{title(layer)}: {name} is not there; training will need it"
            yield Problem(message, locate(("layer", position, *path)), severity=Severity.WARNING)


def _old_forms(loaded: Loaded[schema.NetParameter] | Loaded[schema.SolverParameter]) -> Iterator[Problem]:
    for notice in loaded.notices:
        yield Problem(notice, loaded.locate(()), severity=Severity.WARNING)


def _unique(problems: Iterator[Problem]) -> Problems:
    """Return each problem once, in file order: several phases may have the same."""
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda problem: (problem.place.line, problem.place.column) if problem.place else (0, 0))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
