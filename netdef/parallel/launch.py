"""Workers on one machine, started by netdef itself."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from torch.distributed import TCPStore  # type: ignore[attr-defined]
from torch.multiprocessing import ProcessExitedException, start_processes  # type: ignore[attr-defined]

HOST = "localhost"
FORWARDED = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
FAILED = 1


def launch(count: int, work: Callable[[], int]) -> int:
    """Run ``work`` in ``count`` processes, each with a worker's place in its environment, and return the exit code.

    Where one fails the others are ended. Signals go to the first worker, which agrees on them with the others.
    """
    logging.getLogger("torch.multiprocessing.spawn").setLevel(logging.ERROR)  # it warns of each process that it ends
    store = TCPStore(HOST, 0, is_master=True, wait_for_workers=False)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count)))
    context = start_processes(_begin, (count, store.port, work), count, join=False, start_method="spawn")  # type: ignore[no-untyped-call]
    with _forwarding_to(context.pids()[0]):
        try:
            while not context.join():
                pass
        except ProcessExitedException as error:
            return error.exit_code if error.exit_code > 0 else FAILED
    return 0


def _begin(rank: int, count: int, port: int, work: Callable[[], int]) -> NoReturn:
    os.setpgrp()  # so that Ctrl-C reaches it once, by way of the launcher
    place = {"RANK": rank, "WORLD_SIZE": count, "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": count}
    address = {"MASTER_ADDR": HOST, "MASTER_PORT": port, "TORCHELASTIC_USE_AGENT_STORE": True}  # the launcher's
    os.environ |= {name: str(value) for name, value in (place | address).items()}
    sys.exit(work())


@contextmanager
def _forwarding_to(worker: int) -> Iterator[None]:
    def forward(number: int, frame: FrameType | None) -> None:
        os.kill(worker, number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
