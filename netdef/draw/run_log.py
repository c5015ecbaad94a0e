"""What a run's log.jsonl says, as columns of numbers to draw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netdef.errors import UsageError

LOG = "log.jsonl"
TRAIN_COLUMNS = ("loss", "smoothed_loss", "lr")
OWN_FIELDS = {"event", "iteration", "net", "seconds"}  # of a test event; the others are the net's outputs


@dataclass
class Curve:
    """Numbers by iteration, rising."""

    iterations: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, iteration: int, value: float) -> None:
        """Add a point; those at or after its iteration fall away, since a resumed run has gone back behind them."""
        while self.iterations and self.iterations[-1] >= iteration:
            self.iterations.pop()
            self.values.pop()
        self.iterations.append(iteration)
        self.values.append(value)


@dataclass
class RunLog:
    """The curves of one run: those of training by column, those of tests by the output's name."""

    name: str
    training: dict[str, Curve] = field(default_factory=dict)
    tests: dict[str, Curve] = field(default_factory=dict)


def read_run(run: Path) -> RunLog:
    """Read the log of a run folder, or a log file itself.

    Raises: UsageError if there is no log, a line of it is damaged, or it holds no numbers yet.
    """
    path = run / LOG if run.is_dir() else run
    log = RunLog(path.parent.as_posix() if path.parent.name else path.resolve().parent.name)
    for event in _events(path):
        if event.get("event") == "train":
            _add(log.training, event["iteration"], {name: event.get(name) for name in TRAIN_COLUMNS})
        elif event.get("event") == "test":
            _add(log.tests, event["iteration"], _outputs(event))
    if not log.training and not log.tests:
        raise UsageError(f"{path}: no iteration is logged yet; a solver logs one each `display` iterations")
    return log


def _add(curves: dict[str, Curve], iteration: int, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if isinstance(value, (int, float)):
            curves.setdefault(name, Curve()).add(iteration, float(value))


def _outputs(event: Mapping[str, Any]) -> dict[str, object]:
    net = event.get("net", 0)
    outputs = {name: value for name, value in event.items() if name not in OWN_FIELDS}
    return {f"{name} (test net {net})": value for name, value in outputs.items()} if net else outputs


def _events(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; a run folder has a {LOG}") from error
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except ValueError:
            if number < len(lines):
                raise UsageError(f"{path}:{number}: is no JSON object: {line[:60]}") from None
            return  # a killed run leaves its last line unfinished
        if isinstance(event, dict):
            yield event
