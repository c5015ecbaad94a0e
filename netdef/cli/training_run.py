"""A run of training: its files, its log, and what it tells."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import torch

from netdef.cli.assignments import edits
from netdef.cli.journal import Journal
from netdef.cli.log import LOGGER, file_handler, logging_to
from netdef.cli.progress import run_progress
from netdef.cli.python_layers import python_layers_allowed
from netdef.cli.run_folder import JOURNAL, TEXT_LOG, set_aside
from netdef.cli.run_lock import locked
from netdef.cli.signals import listening
from netdef.cli.speed_flags import speed_settings
from netdef.cli.throughput import Throughput
from netdef.devices import describe_all
from netdef.parallel.crew import crew_of
from netdef.parallel.together import together
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, load_solver
from netdef.session import Training, open_training, snapshot_prefix
from netdef.solver.batch import output_weights
from netdef.solver.caffe_lines import CaffeLines
from netdef.solver.events import Event, SnapshotDue
from netdef.solver.snapshot import newest, probe
from netdef.solver.ways import described
from netdef.solver.workers import Workers

LATEST = "latest"
DeviceChoice = Callable[[schema.SolverParameter], tuple[torch.device, tuple[str, ...]]]
Guard = Callable[[Callable[[], None]], int]


def train(arguments: argparse.Namespace, workers: Workers, choose: DeviceChoice, guard: Guard) -> int:
    """Train as the flags say, as one of ``workers``, where ``choose`` says, and return the exit code.

    The first worker keeps the log. What goes wrong once there is one is up to ``guard``.

    Raises: NetdefError for what goes wrong before.
    """
    options = together(workers, lambda: load_solver(arguments.solver, _edits(arguments)["solver"]).message)
    device, devices = together(workers, partial(choose, options))
    prefix = snapshot_prefix(options.snapshot_prefix, Path(arguments.solver))
    with ExitStack() as stack:
        found = together(workers, partial(_occupy, arguments.snapshot, prefix, workers, stack))
        snapshot, remarks = workers.gather(found)[0]
        journal = stack.enter_context(_logs(Path(prefix).parent, workers))
        for remark in remarks:
            LOGGER.info("%s", remark)
        return guard(partial(_train, arguments, workers, device, devices, snapshot, journal))


def _train(
    arguments: argparse.Namespace,
    workers: Workers,
    device: torch.device,
    devices: tuple[str, ...],
    snapshot: Path | None,
    journal: Journal,
) -> None:
    LOGGER.info("Use %s.", _describe(devices or [device], workers))
    edit, crew = _edits(arguments), crew_of(workers)
    with listening(arguments.sigint_effect, arguments.sighup_effect) as requests, ExitStack() as stack:
        opened = partial(
            open_training,
            arguments.solver,
            snapshot=snapshot,
            weights=arguments.weights,
            device=device,
            devices=devices,
            micro_batches=arguments.micro_batches,
            level=arguments.level,
            stages=[stage for stage in arguments.stage.split(",") if stage],
            edit_solver=edit["solver"],
            edit_net=edit["net"],
            request=requests,
            allow_python_layers=python_layers_allowed(arguments),
            crew=crew,
        )
        training = together(workers, lambda: stack.enter_context(opened()))
        _begin(training)
        follow(training, journal)


def _edits(arguments: argparse.Namespace) -> dict[str, Edit]:
    return edits([*speed_settings(arguments), *arguments.set])


def _occupy(given: str, prefix: str, workers: Workers, stack: ExitStack) -> tuple[Path | None, list[str]]:
    """Take the run folder, if this is the first worker, and return the snapshot to go on from and what to say of it.

    ``given`` may be ``latest``: the newest whole pair, or none.
    """
    if not workers.leads:
        return None, []
    probe(prefix)
    stack.enter_context(locked(Path(prefix).parent))
    snapshot, remarks = _snapshot(given, prefix)
    if snapshot is None:
        set_aside(Path(prefix).parent)
    return snapshot, remarks


def _snapshot(given: str, prefix: str) -> tuple[Path | None, list[str]]:
    if given != LATEST:
        return (Path(given), [f"Resuming from {given}"]) if given else (None, [])
    remarks: list[str] = []
    found = newest(prefix, remarks.append)
    last = f"Resuming from {found}" if found else f"No snapshot under {prefix} yet: starting anew"
    return found, [*remarks, last]


@contextmanager
def _logs(folder: Path, workers: Workers) -> Iterator[Journal]:
    """Write the logs of the run folder, if this is the first worker."""
    if not workers.leads:
        with Journal(Path(os.devnull)) as journal:
            yield journal
        return
    with logging_to(file_handler(folder / TEXT_LOG)), Journal(folder / JOURNAL) as journal:
        yield journal


def _describe(devices: Sequence[torch.device | str], workers: Workers) -> str:
    """Name the devices of all workers."""
    names = workers.gather(describe_all(devices))
    if workers.count == 1:
        return names[0]
    return f"{workers.count} workers: {', '.join(dict.fromkeys(names))}"


def _begin(training: Training) -> None:
    for notice in training.notices:
        LOGGER.warning("%s", notice)
    if training.finetuned:
        LOGGER.info("Finetuning from %s", ",".join(training.finetuned.files))
        LOGGER.info("%s", training.finetuned)
    if how := described(training.options):
        LOGGER.info("Computing in ways that change rounding: %s", how)
    LOGGER.info("random_seed: %d", training.seed)
    LOGGER.info("Solving %s", training.net.graph.name)
    LOGGER.info("Learning Rate Policy: %s", training.options.lr_policy)


def follow(training: Training, journal: Journal) -> None:
    """Run the solver to its end: log, draw the progress and save as the events say."""
    solver, options = training.solver, training.options
    lines = CaffeLines(output_weights(solver.net), options.display)
    throughput = Throughput(solver.workers, solver.replica, journal)
    with run_progress(solver.iteration, options.max_iter, shown=solver.workers.leads) as progress:
        takers: list[Callable[[Event], None]] = [journal.take, throughput.take]
        if progress.shown:
            takers.append(progress.take)
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
