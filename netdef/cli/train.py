"""Train the net that a solver file names."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Callable
from functools import partial

import torch

from netdef.cli.assignments import add_set_flag
from netdef.cli.devices_flag import add_devices_flag, wanted_devices
from netdef.cli.log import LOGGER, TerminalHandler, logging_to
from netdef.cli.positive import positive
from netdef.cli.process import keep_memory
from netdef.cli.python_layers import add_python_flag
from netdef.cli.signals import EFFECTS
from netdef.cli.speed_flags import add_speed_flags
from netdef.cli.training_run import train
from netdef.devices import choose_device, choose_gpus, worker_device
from netdef.errors import NetdefError, UsageError
from netdef.memory import telling_of_shortage
from netdef.parallel.failure import ending_together
from netdef.parallel.group import Group, joined
from netdef.parallel.launch import launch
from netdef.parallel.place import Place, place_in
from netdef.schema import netdef_pb2 as schema
from netdef.solver.workers import ALONE

PATIENCE = 600.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--solver", required=True, metavar="S", help="the solver file")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--weights", default="", metavar="W[,W2]", help="weights to begin with, by layer name")
    start.add_argument("--snapshot", default="", metavar="X", help="a .solverstate to go on from, or latest")
    where = parser.add_mutually_exclusive_group()
    gpus = "the GPU to use, or several with commas between, or all: one worker each (default: what the solver says)"
    where.add_argument("--gpu", default="", metavar="N[,N2]", help=gpus)
    where.add_argument("--processes", type=int, default=0, metavar="N", help="so many workers, on the CPU")
    add_devices_flag(parser)
    parts = "parts of each batch, on which layers on different devices work at the same time"
    parser.add_argument("--micro-batches", type=positive, default=1, metavar="N", help=parts)
    add_speed_flags(parser)
    patience = "seconds that workers wait for one another before they give up"
    parser.add_argument("--worker-timeout", type=float, default=PATIENCE, metavar="S", help=patience)
    parser.add_argument("--level", type=int, default=0, help="level of the train net")
    parser.add_argument("--stage", default="", metavar="A,B", help="stages of the train net")
    parser.add_argument("--sigint-effect", choices=EFFECTS, default="stop", help="what Ctrl-C does")
    parser.add_argument("--sighup-effect", choices=EFFECTS, default="snapshot", help="what a hang-up does")
    add_python_flag(parser)
    add_set_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train: alone, as one of the workers that torchrun has started, or by starting some."""
    keep_memory()
    place = place_in(os.environ)
    if place is not None:
        return _run_as_worker(arguments, place)
    count = _wanted_workers(arguments)
    return launch(count, partial(run, arguments)) if count > 1 else _run_alone(arguments)


def _wanted_workers(arguments: argparse.Namespace) -> int:
    if arguments.processes < 0:
        raise UsageError(f"--processes is {arguments.processes}, must be at least 1")
    return arguments.processes or (len(choose_gpus(arguments.gpu)) if arguments.gpu else 1)


def _run_alone(arguments: argparse.Namespace) -> int:
    gpu = str(choose_gpus(arguments.gpu)[0]) if arguments.gpu else ""
    with logging_to(TerminalHandler()):
        return train(arguments, ALONE, partial(_own_device, arguments, gpu), _ending_alone)


def _own_device(
    arguments: argparse.Namespace, gpu: str, options: schema.SolverParameter
) -> tuple[torch.device, tuple[str, ...]]:
    devices = wanted_devices(arguments)
    return (torch.device(devices[0]) if devices else choose_device(gpu, options)), devices


def _ending_alone(work: Callable[[], None]) -> int:
    try:
        with telling_of_shortage():
            work()
    except NetdefError as error:
        LOGGER.error("%s", error)
        return 1
    return 0


def _run_as_worker(arguments: argparse.Namespace, place: Place) -> int:
    terminal = TerminalHandler(logging.INFO if place.rank == 0 else logging.ERROR)
    with logging_to(terminal), joined(place, arguments.worker_timeout) as group:
        return run_in(group, arguments, place)


def run_in(group: Group, arguments: argparse.Namespace, place: Place) -> int:
    """Train as one of a group of workers, and return the exit code."""
    guard = partial(ending_together, group, tell=partial(LOGGER.error, "%s"))
    return guard(partial(train, arguments, group, partial(_device, arguments, place), guard))


def _device(
    arguments: argparse.Namespace, place: Place, options: schema.SolverParameter
) -> tuple[torch.device, tuple[str, ...]]:
    if arguments.processes:
        options.solver_mode = schema.SolverParameter.CPU
    devices = wanted_devices(arguments, place.local_rank, place.local_count)
    if devices:
        return torch.device(devices[0]), devices
    return worker_device(arguments.gpu, options, place.local_rank, place.local_count), ()
