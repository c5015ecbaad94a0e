"""Train the net that a solver file names."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from netdef.cli.assignments import add_set_flag, edits
from netdef.cli.caffe_lines import CaffeLines
from netdef.cli.journal import Journal
from netdef.cli.log import LOGGER, file_handler, logging_to
from netdef.cli.progress import run_progress
from netdef.cli.signals import EFFECTS, listening
from netdef.devices import choose_device, describe
from netdef.errors import NetdefError
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_solver
from netdef.session import Training, open_training, snapshot_prefix
from netdef.solver.events import Event, SnapshotDue
from netdef.solver.loop import output_weights
from netdef.solver.snapshot import newest, probe

LATEST = "latest"
TEXT_LOG = "train.log"
JOURNAL = "log.jsonl"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--solver", required=True, metavar="S", help="the solver file")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--weights", default="", metavar="W[,W2]", help="weights to begin with, by layer name")
    start.add_argument("--snapshot", default="", metavar="X", help="a .solverstate to go on from, or latest")
    parser.add_argument("--gpu", default="", metavar="N", help="the GPU to use (default: what the solver says)")
    parser.add_argument("--level", type=int, default=0, help="level of the train net")
    parser.add_argument("--stage", default="", metavar="A,B", help="stages of the train net")
    parser.add_argument("--sigint-effect", choices=EFFECTS, default="stop", help="what Ctrl-C does")
    parser.add_argument("--sighup-effect", choices=EFFECTS, default="snapshot", help="what a hang-up does")
    add_set_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, and keep the log in the run folder."""
    edit = edits(arguments.set)
    options = load_solver(arguments.solver, edit["solver"]).message
    prefix = snapshot_prefix(options.snapshot_prefix, Path(arguments.solver))
    probe(prefix)
    folder = Path(prefix).parent
    with ExitStack() as stack:
        handlers = [logging.StreamHandler(), file_handler(folder / TEXT_LOG)]
        stack.enter_context(logging_to(*handlers))
        try:
            device = choose_device(arguments.gpu, options)
            LOGGER.info("Use %s.", describe(device))
            requests = stack.enter_context(listening(arguments.sigint_effect, arguments.sighup_effect))
            training = stack.enter_context(
                open_training(
                    arguments.solver,
                    snapshot=_snapshot(arguments.snapshot, prefix),
                    device=device,
                    level=arguments.level,
                    stages=[stage for stage in arguments.stage.split(",") if stage],
                    edit_solver=edit["solver"],
                    edit_net=edit["net"],
                    request=requests,
                )
            )
            _begin(training, arguments.weights)
            journal = stack.enter_context(Journal(folder / JOURNAL))
            follow(training, journal)
        except NetdefError as error:
            LOGGER.error("%s", error)
            return 1
    return 0


def _snapshot(given: str, prefix: str) -> Path | None:
    """Return the snapshot to go on from; ``latest`` is the newest whole pair, if there is any."""
    if given != LATEST:
        return Path(given) if given else None
    found = newest(prefix, LOGGER.warning)
    LOGGER.info("Resuming from %s", found) if found else LOGGER.info("No snapshot under %s yet: starting anew", prefix)
    return found


def _begin(training: Training, weights: str) -> None:
    for notice in training.notices:
        LOGGER.warning("%s", notice)
    paths = weights or ("" if training.solver.iteration else ",".join(training.options.weights))
    if paths:
        LOGGER.info("Finetuning from %s", paths)
        LOGGER.info("%s", training.load_weights(paths))
    LOGGER.info("random_seed: %d", training.seed)
    LOGGER.info("Solving %s", training.net.graph.name)
    LOGGER.info("Learning Rate Policy: %s", training.options.lr_policy)


def follow(training: Training, journal: Journal) -> None:
    """Run the solver to its end: log, draw the progress and save as the events say."""
    solver, options = training.solver, training.options
    lines = CaffeLines(output_weights(solver.net), options.display)
    with run_progress(solver.iteration, options.max_iter) as progress:
        takers: list[Callable[[Event], None]] = [journal.take, progress.take]
        for event in solver.solve():
            for line in lines.of(event):
                LOGGER.info("%s", line)
            for take in takers:
                take(event)
            if isinstance(event, SnapshotDue):
                _save(training, journal)


def _save(training: Training, journal: Journal) -> None:
    form = "HDF5" if training.options.snapshot_format == schema.SolverParameter.HDF5 else "binary proto"
    weights, state = training.snapshot()
    LOGGER.info("Snapshotting to %s file %s", form, weights)
    LOGGER.info("Snapshotting solver state to %s file %s", form, state)
    journal.write("snapshot", iteration=training.solver.iteration, weights=str(weights), state=str(state))


