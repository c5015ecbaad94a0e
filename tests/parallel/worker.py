"""A worker that torchrun starts: trains as the command line does, once or several times, and notes what it was given.

Its arguments are ``netdef train``'s, with ``--then`` between one training and the next. A file for each process and
start, ``given.RANK.START.jsonl``, gets a line for each batch to train on: the iteration and the records' ordinals.
The environment variable DIES_AT kills worker 1 at that iteration, in its first start.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Generator, Sequence
from itertools import groupby

import pytest

from netdef.cli import train
from netdef.cli.flags import as_argparse
from netdef.cli.log import TerminalHandler, logging_to
from netdef.parallel.group import joined
from netdef.parallel.place import place_in
from netdef.solver.batch import Batch
from netdef.solver.debug_info import DebugInfo
from netdef.solver.events import Event
from netdef.solver.loop import Solver

START = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
DIES_AT = int(os.environ.get("DIES_AT", "-1"))
PATIENCE = 60


def watch(patch: pytest.MonkeyPatch, rank: int) -> None:
    """Note what the solver's batches hold."""
    forward_backward = Solver._forward_backward

    def noting(solver: Solver, key: int, debug_info: DebugInfo | None) -> Generator[Event, None, object]:
        if rank == 1 and START == "0" and solver.iteration == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)
        batches = solver.batches
        following = batches.next

        def next_batch() -> Batch:
            batch = following()
            ordinals = next(iter(batch.ordinals.values())).tolist()
            with open(f"given.{rank}.{START}.jsonl", "a") as file:
                file.write(json.dumps([solver.iteration, ordinals]) + "\n")
            return batch

        with pytest.MonkeyPatch.context() as local:
            local.setattr(batches, "next", next_batch)
            return (yield from forward_backward(solver, key, debug_info))

    patch.setattr(Solver, "_forward_backward", noting)


def trainings(words: Sequence[str]) -> list[list[str]]:
    return [list(group) for apart, group in groupby(words, lambda word: word == "--then") if not apart]


def main() -> int:
    place = place_in(os.environ)
    assert place is not None
    parser = argparse.ArgumentParser()
    train.configure(parser)
    handler = TerminalHandler("INFO" if place.rank == 0 else "ERROR")
    with pytest.MonkeyPatch.context() as patch, logging_to(handler), joined(place, PATIENCE) as group:
        watch(patch, place.rank)
        for words in trainings(sys.argv[1:]):
            code = train.run_in(group, parser.parse_args(as_argparse(parser, words)), place)
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
