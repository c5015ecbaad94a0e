"""A run's log.jsonl as entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netdef.draw.log_entries import Entry, Outputs, TestEntry, TrainEntry
from netdef.errors import UsageError

TRAIN_FIELDS = {"event", "iteration", "seconds", "loss", "smoothed_loss", "lr"}
TEST_FIELDS = {"event", "iteration", "seconds", "net"}


def journal_entries(text: str, path: Path) -> Iterator[Entry]:
    """Return what a log says, entry by entry; ``path`` is its name in errors.

    Raises: UsageError if a line is damaged, other than the last.
    """
    before = last = 0.0  # seconds that the runs before took; those of this one, which begin at 0
    for event in _events(text, path):
        seconds = float(event.get("seconds", last))
        before += last if seconds < last else 0.0
        last = seconds
        if event.get("event") == "train":
            yield _trained(event, before + seconds)
        elif event.get("event") == "test":
            yield TestEntry(event["iteration"], before + seconds, event.get("net", 0), _outputs(event, TEST_FIELDS))


def _trained(event: Mapping[str, Any], seconds: float) -> TrainEntry:
    loss, smoothed, lr = (event.get(name) for name in ("loss", "smoothed_loss", "lr"))
    return TrainEntry(event["iteration"], seconds, loss, smoothed, lr, _outputs(event, TRAIN_FIELDS))


def _outputs(event: Mapping[str, Any], own: set[str]) -> Outputs:
    outputs = {name: value if isinstance(value, list) else [value] for name, value in event.items() if name not in own}
    return {name: values for name, values in outputs.items() if all(isinstance(one, (int, float)) for one in values)}


def _events(text: str, path: Path) -> Iterator[dict[str, Any]]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except ValueError:
            if number < len(lines):
                raise UsageError(f"{path}:{number}: is no JSON object: {line[:60]}") from None
            return  # a killed run leaves its last line unfinished
        if isinstance(event, dict):
            yield event
