"""The flag that says what a net's logical devices stand for."""

from __future__ import annotations

import argparse

from netdef.errors import UsageError


def add_devices_flag(parser: argparse.ArgumentParser) -> None:
    """Add --devices."""
    what = "devices that the file's logical ones stand for, in order: cuda:0,cuda:1; workers' lists with ; between"
    parser.add_argument("--devices", default="", metavar="A,B", help=what)


def wanted_devices(arguments: argparse.Namespace, worker: int = 0, workers: int = 1) -> tuple[str, ...]:
    """Return what the flag says for one of ``workers`` on this machine; nothing where it is not given.

    Raises: DeviceError for a device that is not there; UsageError if there is not one list for each worker.
    """
    from netdef.devices import parse_devices

    if not arguments.devices:
        return ()
    lists = arguments.devices.split(";")
    if len(lists) != workers:
        raise UsageError(
            f"--devices {arguments.devices}: {_counted(len(lists), 'list')} of devices for"
            f" {_counted(workers, 'worker')}\n    each worker needs a list of its own, with ; between: 0,1;2,3"
        )
    if workers == 1 and arguments.gpu:
        raise UsageError("--gpu and --devices both say where to compute: give one of them")
    return parse_devices(lists[worker])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
