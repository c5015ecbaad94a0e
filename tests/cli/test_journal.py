from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdef.cli.journal import Journal, plain
from netdef.draw.run_log import read_run
from netdef.solver.events import (
    FinalLoss,
    Finished,
    RateLowered,
    SnapshotDue,
    Tested,
    TestProgress,
    TestStarted,
    Trained,
    UpdateSkipped,
)

OUTPUTS: dict[str, Any] = {"accuracy": np.float64(0.5), "per_class": np.array([0.25, 1.0]), "loss": np.array([2.0])}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "log.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line, parse_constant=_refuse) for line in path.read_text().splitlines()]


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def test_a_shown_iteration_is_one_line_with_its_outputs(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(Trained(20, 1.5, 1.75, 0.01, 64, True, {"accuracy": np.array(0.5)}))
    (line,) = lines(path)
    seconds = line.pop("seconds")
    assert 0 <= seconds < 60
    assert line == {
        "event": "train",
        "iteration": 20,
        "loss": 1.5,
        "smoothed_loss": 1.75,
        "lr": 0.01,
        "waited": 0.0,
        "accuracy": 0.5,
    }


def test_a_line_tells_how_long_training_waited_since_the_line_before(path: Path) -> None:
    with Journal(path) as journal:
        for iteration, (displayed, waited) in enumerate([(True, 4.0), (False, 0.25), (False, 0.5), (True, 0.125)]):
            journal.take(Trained(iteration, 1.5, 1.75, 0.01, 64, displayed, {}, waited))
    assert [line["waited"] for line in lines(path)] == [4.0, 0.875]


def test_a_lowered_rate_is_one_line(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(RateLowered(20, 0.001, "accuracy", 0.75, 5))
    (line,) = lines(path)
    del line["seconds"]
    assert line == {"event": "rate", "iteration": 20, "lr": 0.001, "metric": "accuracy", "best": 0.75, "tests": 5}


def test_a_test_is_one_line_with_the_means_of_its_outputs(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(Tested(20, 1, OUTPUTS, {"loss": 1.0}, None))
        journal.take(Tested(20, 1, OUTPUTS, {"loss": 1.0}, 2.5))
    plain_line, summed = lines(path)
    del plain_line["seconds"], summed["seconds"]
    assert plain_line == {
        "event": "test",
        "iteration": 20,
        "net": 1,
        "accuracy": 0.5,
        "per_class": [0.25, 1.0],
        "loss": 2.0,
    }
    assert summed == {**plain_line, "total_loss": 2.5}


def test_what_is_not_shown_and_what_goes_by_is_not_kept(path: Path) -> None:
    with Journal(path) as journal:
        for event in (Trained(1, 1, 1, 1, 1, False, {}), TestStarted(1, 0, 5), TestProgress(0, 1, 5), SnapshotDue(1)):
            journal.take(event)
    assert lines(path) == []


def test_the_end_of_a_run_and_other_events(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(FinalLoss(10, 0.5))
        journal.write("snapshot", iteration=10, weights="w", state="s")
        journal.take(Finished(10, early=True))
    found = lines(path)
    for line in found:
        del line["seconds"]
    assert found == [
        {"event": "final", "iteration": 10, "smoothed_loss": 0.5},
        {"event": "snapshot", "iteration": 10, "weights": "w", "state": "s"},
        {"event": "finished", "iteration": 10, "early": True},
    ]


def test_the_lines_own_keys_win_over_outputs_of_the_same_names(path: Path) -> None:
    names = ("event", "iteration", "net", "seconds", "loss", "lr", "self", "total_loss")
    outputs = {name: np.array(77.0) for name in names}
    with Journal(path) as journal:
        journal.take(Trained(20, 1.5, 1.75, 0.01, 64, True, outputs))
        journal.take(Tested(30, 0, outputs, {}, 2.5))
    train, test = lines(path)
    assert (train["event"], train["iteration"], train["loss"], train["lr"]) == ("train", 20, 1.5, 0.01)
    assert (test["event"], test["iteration"], test["net"], test["loss"]) == ("test", 30, 0, 77)
    assert test["total_loss"] == 2.5
    assert train["seconds"] < 60
    assert test["seconds"] < 60


def test_what_is_no_number_is_null(path: Path) -> None:
    outputs = {"one": np.array([math.nan]), "some": np.array([1.0, math.inf, math.nan])}
    assert plain(outputs) == {"one": None, "some": [1.0, None, None]}
    with Journal(path) as journal:
        journal.take(Tested(1, 0, outputs, {}, math.nan))
    assert lines(path)[0]["total_loss"] is None


def test_each_line_is_on_its_way_before_the_next_begins(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(FinalLoss(1, 0.5))
        assert len(lines(path)) == 1
        journal.take(Finished(1, early=False))
        assert len(lines(path)) == 2


def test_a_resumed_run_writes_on_below(path: Path) -> None:
    for iteration in (1, 2):
        with Journal(path) as journal:
            journal.take(FinalLoss(iteration, 0.5))
    assert [line["iteration"] for line in lines(path)] == [1, 2]


def test_what_a_killed_run_left_of_a_line_is_cut_off(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"event": "final", "iteration": 1}\n{"event": "fin')
    with Journal(path) as journal:
        journal.take(FinalLoss(2, 0.5))
    assert [line["iteration"] for line in lines(path)] == [1, 2]


def test_curves_can_be_drawn_from_it(path: Path) -> None:
    with Journal(path) as journal:
        for iteration in (0, 10):
            journal.take(Trained(iteration, 1.5, 1.75, 0.01, 64, True, OUTPUTS))
            journal.take(Tested(iteration, 0, OUTPUTS, {}, None))
    log = read_run(path.parent)
    assert log.training["lr"].iterations == [0, 10]
    assert log.tests["accuracy"].values == [0.5, 0.5]


def test_an_update_that_was_left_out_is_a_line(path: Path) -> None:
    with Journal(path) as journal:
        journal.take(UpdateSkipped(7, 32768.0, 2))
    (line,) = lines(path)
    assert (line["event"], line["iteration"], line["loss_scale"], line["skipped"]) == ("skipped", 7, 32768.0, 2)
