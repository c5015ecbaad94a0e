"""Signals as requests to the solver: by default Ctrl-C stops with a snapshot, a hang-up saves one and goes on."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from netdef.solver.request import Request

EFFECTS = [request.value for request in Request]


class Requests:
    """Holds the signals that came until the solver asks for them; a hang-up goes before an interrupt, as in Caffe."""

    def __init__(self, effects: Mapping[signal.Signals, Request]) -> None:
        self.effects = effects
        self.pending: set[signal.Signals] = set()

    def __call__(self) -> Request:
        """Return what is asked for, and forget it."""
        for number in (signal.SIGHUP, signal.SIGINT):
            if number in self.pending:
                self.pending.remove(number)
                return self.effects[number]
        return Request.NONE

    def note(self, number: int, frame: FrameType | None) -> None:
        """Take a signal in; the second Ctrl-C in a row does what it does elsewhere."""
        came = signal.Signals(number)
        if came is signal.SIGINT and came in self.pending:
            raise KeyboardInterrupt
        self.pending.add(came)


@contextmanager
def listening(sigint: str, sighup: str) -> Iterator[Requests]:
    """Turn signals into requests while the block runs."""
    requests = Requests({signal.SIGINT: Request(sigint), signal.SIGHUP: Request(sighup)})
    before = {number: signal.signal(number, requests.note) for number in requests.effects}
    try:
        yield requests
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
