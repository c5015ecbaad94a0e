"""Text logs, Caffe's and netdef's own, as entries.

Source: solver.cpp and sgd_solver.cpp for the lines, glog's logging.cc for what stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netdef.draw.log_clock import LogClock
from netdef.draw.log_entries import Entry, TestEntry, TrainEntry

LINE = re.compile(r"\b[IWEF](?P<date>(?:\d{4})?\d{4}) (?P<time>\d\d:\d\d:\d\d\.\d{6}) +\d+ \S+\] +(?P<message>.*)")
LEAP_DAY = re.compile(r"\b[IWEF]0229 ")
START = re.compile("Solving ")
TEST = re.compile(r"Iteration (?P<iteration>\d+), Testing net \(#(?P<net>\d+)\)")
SPEED = r"(?: \([^)]*\))?(?:, [^,=]*)?"
FIGURE = re.compile(rf"Iteration (?P<iteration>\d+){SPEED}, (?P<what>loss|lr) = (?P<value>\S+)")
OUTPUT = re.compile(
    r"(?P<net>Train|Test) net output #\d+: (?P<name>.+?) = (?P<value>\S+)(?: \(\* \S+ = (?P<share>\S+) loss\))?$"
)
TEST_LOSS = re.compile(r"Test loss: (?P<value>\S+)")
TOTAL_LOSS = "total_loss"  # as in log.jsonl


def caffe_entries(text: str) -> Iterator[Entry]:
    """Return what a log says, entry by entry; lines of other forms, and damaged ones, are passed over."""
    lines = text.splitlines()
    if not text.endswith("\n"):
        del lines[-1:]  # of a killed run; half a number cannot be told from a whole one
    return _Reader(LogClock(leap_year=bool(LEAP_DAY.search(text)))).read(lines)


class _Reader:
    """Puts the lines of an iteration, or of a test, together."""

    def __init__(self, clock: LogClock) -> None:
        self.clock = clock
        self.entry: Entry | None = None
        self.seconds = 0.0  # at the last entry

    def read(self, lines: Iterable[str]) -> Iterator[Entry]:
        for line in lines:
            if found := LINE.search(line):
                try:
                    seconds = self.clock.read(found["date"], found["time"])
                    yield from self._message(found["message"], seconds)
                except ValueError:
                    continue  # what stands for a number or a date is none
        yield from self._close()

    def _message(self, message: str, seconds: float) -> Iterator[Entry]:
        if START.match(message):
            yield from self._close()
            self.clock.start(self.seconds)
        elif found := TEST.match(message):
            yield from self._close()
            self.entry = TestEntry(int(found["iteration"]), seconds, int(found["net"]))
        elif found := FIGURE.match(message):
            yield from self._figure(int(found["iteration"]), found["what"], float(found["value"]), seconds)
        elif found := OUTPUT.match(message):
            self._output(found, seconds)
        elif (found := TEST_LOSS.match(message)) and isinstance(self.entry, TestEntry):
            self.entry.outputs[TOTAL_LOSS] = [float(found["value"])]

    def _figure(self, iteration: int, what: str, value: float, seconds: float) -> Iterator[Entry]:
        """Take a loss or a rate; which of them comes first has changed over the years."""
        if not isinstance(self.entry, TrainEntry) or self.entry.iteration != iteration:
            yield from self._close()
            self.entry = TrainEntry(iteration, seconds)
        if what == "lr":
            self.entry.lr = value
        else:
            self.entry.smoothed_loss = value

    def _output(self, found: re.Match[str], seconds: float) -> None:
        kind = TrainEntry if found["net"] == "Train" else TestEntry
        if not isinstance(self.entry, kind):
            return  # the line that says the iteration is missing
        self.entry.seconds = seconds
        self.entry.outputs.setdefault(found["name"], []).append(float(found["value"]))
        if isinstance(self.entry, TrainEntry) and found["share"]:
            self.entry.loss = (self.entry.loss or 0.0) + float(found["share"])

    def _close(self) -> Iterator[Entry]:
        """Yield what has been put together, unless it is an unfinished test or just the loss after the training."""
        entry, self.entry = self.entry, None
        if entry is None or not (entry.outputs or (isinstance(entry, TrainEntry) and entry.lr is not None)):
            return
        if isinstance(entry, TrainEntry) and entry.loss is None:
            entry.loss = entry.smoothed_loss
        self.seconds = entry.seconds
        yield entry
