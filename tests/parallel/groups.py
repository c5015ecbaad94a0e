"""Process groups of one worker, in the process of the tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from torch import distributed

from netdef.parallel.group import Group, joined
from netdef.parallel.place import Place

PATIENCE = 20.0  # seconds


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


@contextmanager
def address() -> Iterator[None]:
    """Tell in the environment where workers meet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASTER_ADDR", "localhost")
        patch.setenv("MASTER_PORT", str(free_port()))
        yield


@contextmanager
def group_of_one() -> Iterator[Group]:
    """Be the one worker of a group; unlike a worker's process, that of the tests goes on after an error."""
    try:
        with address(), joined(Place(0, 1, 0, 1), PATIENCE) as group:
            yield group
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
