import json
from pathlib import Path

import pytest

from netdef.draw.journal_log import journal_entries
from netdef.draw.log_entries import Entry, TestEntry, TrainEntry
from netdef.errors import UsageError


def entries(*events: object, tail: str = "") -> list[Entry]:
    text = "".join(json.dumps(event) + "\n" for event in events) + tail
    return list(journal_entries(text, Path("run/log.jsonl")))


def train(iteration: int, seconds: float) -> dict[str, object]:
    return {"event": "train", "iteration": iteration, "seconds": seconds}


def test_events_of_training_and_tests() -> None:
    trained = train(4, 2) | {"loss": 1.5, "smoothed_loss": 2.5, "lr": 0.1, "top5": 0.25}
    tested = {"event": "test", "iteration": 4, "net": 1, "seconds": 3, "loss": 0.5, "per_class": [0, 1]}
    assert entries({"event": "snapshot", "seconds": 1}, trained, tested) == [
        TrainEntry(4, 2, 1.5, 2.5, 0.1, {"top5": [0.25]}),
        TestEntry(4, 3, 1, {"loss": [0.5], "per_class": [0, 1]}),
    ]


def test_what_is_no_number_is_left_out() -> None:
    assert entries(train(0, 1) | {"loss": None, "x": None, "y": [0, None], "z": "text", "shape": [[1], [2]]}) == [
        TrainEntry(0, 1)
    ]


def test_seconds_go_on_in_a_resumed_run() -> None:
    runs = (train(0, 1), train(2, 5), train(2, 0.5), train(4, 3), train(4, 2))
    assert [entry.seconds for entry in entries(*runs)] == [1, 5, 5.5, 8, 10]


def test_only_the_last_line_may_be_damaged() -> None:
    assert len(entries(train(0, 1), tail='{"event": "tra')) == 1
    with pytest.raises(UsageError, match=r'run/log.jsonl:1: is no JSON object: \{"event": "tra'):
        list(journal_entries('{"event": "tra\n{}\n', Path("run/log.jsonl")))
