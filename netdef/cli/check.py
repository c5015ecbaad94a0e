"""Tell everything that is wrong with model and solver files, without running them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial

from netdef.cli.findings import check_file
from netdef.cli.state import PHASES, add_state_flags, state
from netdef.errors import Place, Problem, Severity, told
from netdef.graph.states import fed, mentioned_states, state_of
from netdef.schema import netdef_pb2 as schema


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("files", nargs="+", metavar="F", help="a model or solver file")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    add_state_flags(parser, "both; for net files, as is --stage: without it all that their rules speak of")
    parser.epilog = "Exit code: 1 if there is any error, 0 if there are none, or only warnings."


def run(arguments: argparse.Namespace) -> int:
    """Print all problems of all files; return 1 if one of them is an error."""
    states = partial(_asked, arguments) if arguments.stage or arguments.phase or arguments.level else mentioned_states
    found = {file: check_file(file, states) for file in arguments.files}
    problems = [problem for file in found for problem in found[file]]
    if arguments.json:
        objects = [as_object(problem, file) for file in found for problem in found[file]]
        print(json.dumps(objects, indent=2, ensure_ascii=False))
    else:
        print_problems(arguments.files, problems)
    return int(any(problem.severity is Severity.ERROR for problem in problems))


def _asked(arguments: argparse.Namespace, net: schema.NetParameter) -> list[schema.NetState]:
    phases = [arguments.phase] if arguments.phase else PHASES
    states = [state_of(net, state(arguments, phase)) for phase in phases]
    return fed(net, states) or states


def print_problems(files: Sequence[str], problems: Sequence[Problem]) -> None:
    """Print the problems, and how many there were."""
    for text in told(problems):
        print(text)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = f"{_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}"
    print(f"{', '.join(files)}: {counts if problems else 'no problems'}", file=sys.stderr)


def as_object(problem: Problem, file: str) -> dict[str, str | int | None]:
    """Return a problem as one of the objects of ``--json``; ``file`` is named where the problem has no place."""
    place = problem.place
    return {
        "file": place.file if place else file,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "severity": problem.severity.value,
        "message": "\n".join([problem.message, *_use(place), *problem.evidence]),
        "hint": problem.hint,
    }


def _use(place: Place | None) -> list[str]:
    """Say by way of which other line a line came in."""
    return [f"used at {place.via}"] if place and place.via else []


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
