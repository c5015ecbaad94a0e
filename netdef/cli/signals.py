"""Signals as requests to the solver: by default Ctrl-C stops with a snapshot, a hang-up saves one and goes on.

SIGTERM stops with a snapshot: it comes from schedulers that want a machine back, and from torchrun.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from netdef.solver.request import Request

EFFECTS = [request.value for request in Request]
SIGNALLED = 128  # what a shell adds to the number of the signal that ended a process


class Requests:
    """Holds the signals that came until the solver asks for them; a hang-up goes before what stops, as in Caffe."""

    def __init__(self, effects: Mapping[signal.Signals, Request]) -> None:
        self.effects = effects
        self.pending: set[signal.Signals] = set()

    def __call__(self) -> Request:
        """Return what is asked for, and forget it."""
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            if number in self.pending:
                self.pending.remove(number)
                return self.effects[number]
        return Request.NONE

    def note(self, number: int, frame: FrameType | None) -> None:
        """Take a signal in; the second Ctrl-C or SIGTERM in a row does what it does elsewhere."""
        came = signal.Signals(number)
        if came in self.pending and came is signal.SIGINT:
            raise KeyboardInterrupt
        if came in self.pending and came is signal.SIGTERM:
            raise SystemExit(SIGNALLED + number)
        self.pending.add(came)


@contextmanager
def listening(sigint: str, sighup: str) -> Iterator[Requests]:
    """Turn signals into requests while the block runs."""
    effects = {signal.SIGINT: Request(sigint), signal.SIGHUP: Request(sighup), signal.SIGTERM: Request.STOP}
    requests = Requests(effects)
    before = {number: signal.signal(number, requests.note) for number in requests.effects}
    try:
        yield requests
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
