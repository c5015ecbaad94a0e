from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from netdef.cli.journal import Journal
from netdef.cli.throughput import Throughput
from netdef.net import Net
from netdef.solver.events import Event, Finished, SnapshotDue, TestStarted, Trained
from netdef.solver.replica import Replica
from netdef.solver.workers import ALONE, Workers
from tests.graph.texts import IMAGES, LABELS
from tests.nets import LOSS, net, random_product


class Two(Workers):
    rank, count = 0, 2


class Given(Replica):
    """A replica to which so many bytes come in each iteration."""

    received = 0
    gradient_bytes = 7000


def trained(iteration: int, images: int = 6, waited: float = 0.0, *, displayed: bool = False) -> Trained:
    return Trained(iteration, 1.0, 1.0, 0.1, images, displayed, {}, waited)


def small() -> Net:
    return net(IMAGES, LABELS, random_product("x", "y"), LOSS)


def told(throughput: Throughput, journal: Path) -> list[dict[str, object]]:
    for iteration in range(3):
        throughput.replica.received += 500  # type: ignore[misc]
        throughput.take(trained(iteration))
    throughput.replica.received += 90_000  # type: ignore[misc]
    throughput.take(SnapshotDue(3))
    throughput.take(Finished(3, early=False))
    return [json.loads(line) for line in journal.read_text().splitlines()]


def test_speed_and_bytes_are_told_at_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "log.jsonl"
    with caplog.at_level(logging.INFO, "netdef"), Journal(path) as journal:
        first, waiting, speed, size = told(Throughput(Two(), Given(small()), journal), path)
    assert (first["event"], first["workers"], first["images_per_iteration"]) == ("workers", 2, 6)
    assert waiting["event"] == "data"
    assert (speed["event"], speed["workers"]) == ("speed", 2)
    assert (size["event"], size["gradients_per_iteration"], size["blobs_per_iteration"]) == ("bytes", 7000, 500)
    lines = caplog.messages
    assert lines[0] == "2 workers train on 6 images an iteration"
    assert lines[1].startswith("Waited for data 0.0% of the time")
    assert lines[2].startswith("2 workers: ")
    expected = "7.50 kB come to each worker in an iteration: 7.00 kB of gradients (in a ring), 500 B of blobs"
    assert lines[3] == expected


def test_a_process_alone_tells_only_how_long_it_waited_for_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, clock = tmp_path / "log.jsonl", [0.0]
    monkeypatch.setattr("netdef.cli.throughput.monotonic", lambda: clock[0])
    with caplog.at_level(logging.INFO, "netdef"), Journal(path) as journal:
        throughput = Throughput(ALONE, Replica(small()), journal)
        for clock[0], waited in ((7, 6.0), (9, 0.25), (17, 0.75)):
            throughput.take(trained(0, waited=waited))
        throughput.take(Finished(2, early=False))
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (line["event"], line["waited"], line["trained"]) == ("data", 1.0, 10.0)
    assert caplog.messages == ["Waited for data 10.0% of the time (1.0 of 10.0 s)"]


def test_displayed_iterations_tell_how_long_those_since_the_last_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [0.0]
    monkeypatch.setattr("netdef.cli.throughput.monotonic", lambda: clock[0])
    with caplog.at_level(logging.INFO, "netdef"), Journal(tmp_path / "log.jsonl") as journal:
        throughput = Throughput(ALONE, Replica(small()), journal)
        for iteration, (clock[0], waited) in enumerate(((7, 6.0), (9, 0.5), (11, 0.5), (15, 0.0), (19, 1.0))):
            throughput.take(trained(iteration, waited=waited, displayed=iteration % 2 == 0))
    assert caplog.messages == ["    Waited for data 25.0% of the time", "    Waited for data 12.5% of the time"]


def test_the_time_of_tests_and_snapshots_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock = tmp_path / "log.jsonl", [0.0]
    monkeypatch.setattr("netdef.cli.throughput.monotonic", lambda: clock[0])
    test, snapshot, end = TestStarted(2, 0, 5), SnapshotDue(4), Finished(4, early=False)
    events: tuple[tuple[float, Event], ...] = (
        (0, trained(0)),
        (2, trained(1)),
        (3, test),
        (50, trained(2)),
        (51, trained(3)),
        (52, snapshot),
        (90, end),
    )
    with Journal(path) as journal:
        throughput = Throughput(Two(), Given(small()), journal)
        for clock[0], event in events:
            throughput.take(event)
    assert json.loads(path.read_text().splitlines()[2])["images_per_second"] == 2 * 6 / 3
