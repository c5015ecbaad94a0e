"""Workers on one machine, started by netdef itself."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from torch.distributed import TCPStore  # type: ignore[attr-defined]
from torch.multiprocessing import ProcessExitedException, start_processes  # type: ignore[attr-defined]

from netdef.errors import WorkerError

HOST = "localhost"
FORWARDED = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
WAY_ON = "\n    --snapshot latest goes on from the last snapshot, with as many workers as there are"


def launch(count: int, work: Callable[[], int]) -> int:
    """Run ``work`` in ``count`` processes, each with a worker's place in its environment, and return the exit code.

    Where one fails the others are ended. Signals go to the first worker, which agrees on them with the others.

    Raises: WorkerError if a signal ends a worker.
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
            if error.signal_name:
                raise WorkerError(f"worker {error.error_index} was ended by {error.signal_name}{WAY_ON}") from None
            return error.exit_code  # it has told why
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
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(worker, number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
