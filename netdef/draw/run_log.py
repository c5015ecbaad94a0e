"""What the log of a run says, as columns of numbers to draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from netdef.draw.caffe_log import caffe_entries
from netdef.draw.journal_log import journal_entries
from netdef.draw.log_entries import Entry, TestEntry, TrainEntry
from netdef.errors import UsageError

LOG = "log.jsonl"


@dataclass
class Curve:
    """Numbers by iteration, rising, and the seconds of training at each."""

    iterations: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, iteration: int, value: float, seconds: float) -> None:
        """Add a point; those at or after its iteration fall away, since a resumed run has gone back behind them."""
        while self.iterations and self.iterations[-1] >= iteration:
            for column in (self.iterations, self.values, self.seconds):
                column.pop()
        self.iterations.append(iteration)
        self.values.append(value)
        self.seconds.append(seconds)


@dataclass
class RunLog:
    """The curves of one run: those of training by column, those of tests by the output's name."""

    name: str
    training: dict[str, Curve] = field(default_factory=dict)
    tests: dict[str, Curve] = field(default_factory=dict)

    def losses(self) -> dict[str, Curve]:
        """Return the losses among the tests' outputs."""
        return {name: curve for name, curve in self.tests.items() if "loss" in name.lower()}

    def scores(self) -> dict[str, Curve]:
        """Return the other outputs: accuracies, as a rule."""
        return {name: curve for name, curve in self.tests.items() if "loss" not in name.lower()}


def read_run(run: Path) -> RunLog:
    """Read the log of a run folder, or a log itself: a log.jsonl, or a text log of Caffe's tools or netdef's.

    Raises: UsageError if there is no log, a line of it is damaged, or it holds no numbers yet.
    """
    path = run / LOG if run.is_dir() else run
    text = read_log(path)
    log = RunLog(_name(path))
    for entry in _entries(text, path):
        curves = log.training if isinstance(entry, TrainEntry) else log.tests
        for name, value in _points(entry):
            curves.setdefault(name, Curve()).add(entry.iteration, value, entry.seconds)
    if not log.training and not log.tests:
        raise UsageError(f"{path}: no iteration is logged yet; a solver logs one each `display` iterations")
    return log


def read_log(path: Path) -> str:
    """Return the text of a log.

    Raises: UsageError if it cannot be read.
    """
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; a run folder has a {LOG}") from error


def _entries(text: str, path: Path) -> Iterator[Entry]:
    is_journal = path.suffix == ".jsonl" or text.lstrip().startswith("{")
    return journal_entries(text, path) if is_journal else caffe_entries(text)


def _name(path: Path) -> str:
    """Return what tells a run from others: its folder, of a text log its path, since several may lie side by side."""
    if path.suffix != ".jsonl":
        return path.as_posix()
    return path.parent.as_posix() if path.parent.name else path.resolve().parent.name


def _points(entry: Entry) -> Iterator[tuple[str, float]]:
    """Go through an entry's finite numbers; outputs of several elements would make too many curves."""
    if isinstance(entry, TestEntry):
        singles = ((entry.name_of(name), values[0]) for name, values in entry.outputs.items() if len(values) == 1)
    else:
        columns = {"loss": entry.loss, "smoothed_loss": entry.smoothed_loss, "lr": entry.lr}
        singles = ((name, value) for name, value in columns.items() if value is not None)
    return ((name, value) for name, value in singles if isfinite(value))
