"""Train the net that a solver file names."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from netdef.cli.assignments import add_set_flag, edits
from netdef.cli.journal import Journal
from netdef.cli.log import LOGGER, TerminalHandler, file_handler, logging_to
from netdef.cli.process import keep_memory
from netdef.cli.progress import run_progress
from netdef.cli.python_layers import add_python_flag, python_layers_allowed
from netdef.cli.run_folder import JOURNAL, TEXT_LOG, set_aside
from netdef.cli.signals import EFFECTS, listening
from netdef.devices import choose_device, describe
from netdef.errors import NetdefError
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_solver
from netdef.session import Training, open_training, snapshot_prefix
from netdef.solver.batch import output_weights
from netdef.solver.caffe_lines import CaffeLines
from netdef.solver.events import Event, SnapshotDue
from netdef.solver.snapshot import newest, probe

LATEST = "latest"


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
    add_python_flag(parser)
    add_set_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, and keep the log in the run folder."""
    keep_memory()
    edit = edits(arguments.set)
    options = load_solver(arguments.solver, edit["solver"]).message
    prefix = snapshot_prefix(options.snapshot_prefix, Path(arguments.solver))
    probe(prefix)
    snapshot, remarks = _snapshot(arguments.snapshot, prefix)
    folder = Path(prefix).parent
    if snapshot is None:
        set_aside(folder)
    with logging_to(TerminalHandler(), file_handler(folder / TEXT_LOG)), Journal(folder / JOURNAL) as journal:
        for remark in remarks:
            LOGGER.info("%s", remark)
        try:
            _train(arguments, snapshot, choose_device(arguments.gpu, options), journal)
        except NetdefError as error:
            LOGGER.error("%s", error)
            return 1
    return 0


def _snapshot(given: str, prefix: str) -> tuple[Path | None, list[str]]:
    """Return the snapshot to go on from, and what to say of it; ``latest`` is the newest whole pair, or none."""
    if given != LATEST:
        return (Path(given), [f"Resuming from {given}"]) if given else (None, [])
    remarks: list[str] = []
    found = newest(prefix, remarks.append)
    last = f"Resuming from {found}" if found else f"No snapshot under {prefix} yet: starting anew"
    return found, [*remarks, last]


def _train(arguments: argparse.Namespace, snapshot: Path | None, device: torch.device, journal: Journal) -> None:
    LOGGER.info("Use %s.", describe(device))
    edit = edits(arguments.set)
    with (
        listening(arguments.sigint_effect, arguments.sighup_effect) as requests,
        open_training(
            arguments.solver,
            snapshot=snapshot,
            weights=arguments.weights,
            device=device,
            level=arguments.level,
            stages=[stage for stage in arguments.stage.split(",") if stage],
            edit_solver=edit["solver"],
            edit_net=edit["net"],
            request=requests,
            allow_python_layers=python_layers_allowed(arguments),
        ) as training,
    ):
        _begin(training)
        follow(training, journal)


def _begin(training: Training) -> None:
    for notice in training.notices:
        LOGGER.warning("%s", notice)
    if training.finetuned:
        LOGGER.info("Finetuning from %s", ",".join(training.finetuned.files))
        LOGGER.info("%s", training.finetuned)
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
