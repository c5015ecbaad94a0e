from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from netdef.cli.signals import EFFECTS, listening
from netdef.solver.request import Request
from netdef.solver.snapshot import read
from tests.trainings import write_run

ROOT = Path(__file__).parents[2]

HANG_UP, INTERRUPT = signal.SIGHUP, signal.SIGINT


def send(*numbers: signal.Signals) -> None:
    for number in numbers:
        os.kill(os.getpid(), number)


def test_without_a_signal_nothing_is_asked_for() -> None:
    with listening("stop", "snapshot") as requests:
        assert requests() is Request.NONE


def test_a_signal_is_a_request_that_is_made_once() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT)
        assert [requests(), requests()] == [Request.STOP, Request.NONE]
        send(HANG_UP)
        assert [requests(), requests()] == [Request.SNAPSHOT, Request.NONE]


def test_a_hang_up_goes_before_an_interrupt() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT, HANG_UP)
        assert [requests(), requests(), requests()] == [Request.SNAPSHOT, Request.STOP, Request.NONE]


def test_a_signal_that_comes_twice_before_it_is_served_counts_once() -> None:
    with listening("stop", "snapshot") as requests:
        send(HANG_UP, HANG_UP)
        assert [requests(), requests()] == [Request.SNAPSHOT, Request.NONE]


def test_the_flags_say_what_signals_do() -> None:
    with listening("snapshot", "stop") as requests:
        send(INTERRUPT)
        assert requests() is Request.SNAPSHOT
        send(HANG_UP)
        assert requests() is Request.STOP
    with listening("none", "none") as requests:
        send(INTERRUPT, HANG_UP)
        assert [requests(), requests()] == [Request.NONE, Request.NONE]
    assert EFFECTS == ["none", "snapshot", "stop"]


def test_a_second_ctrl_c_in_a_row_interrupts() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT)
        with pytest.raises(KeyboardInterrupt):
            send(INTERRUPT)
        assert requests() is Request.STOP
        send(INTERRUPT)  # the one before has been served: this is a first one again


def test_signals_do_what_they_did_before_once_the_block_is_left() -> None:
    before = [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)]
    with listening("stop", "snapshot"):
        assert [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)] != before
    assert [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)] == before
    with pytest.raises(KeyboardInterrupt):
        send(INTERRUPT)


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Training]:
    write_run(tmp_path, "momentum: 0.9 random_seed: 5 display: 1")
    run = Training(tmp_path)
    yield run
    run.process.kill()
    run.process.communicate()


class Training:
    """A training in a process of its own that would take hours."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "netdef", "train", "--solver", "solver.prototxt"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        self.journal = folder / "run" / "log.jsonl"
        self.process = subprocess.Popen(
            [*command, "--set", "solver.max_iter=1000000"],
            cwd=folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [event for event in map(json.loads, lines) if event["event"] == kind]

    def wait_for(self, kind: str, after: int = -1) -> dict[str, Any]:
        """Wait until an event of this kind comes, after that iteration."""
        for _ in range(600):
            for event in self.events(kind):
                if event["iteration"] > after:
                    return event
            assert self.process.poll() is None, self.process.communicate()[1]
            sleep(0.05)
        raise AssertionError(f"no {kind} after 30 s")


def test_a_hang_up_saves_and_goes_on_and_ctrl_c_saves_and_ends_well(training: Training, tmp_path: Path) -> None:
    training.wait_for("train", after=2)
    training.process.send_signal(HANG_UP)
    saved = training.wait_for("snapshot")
    training.wait_for("train", after=saved["iteration"] + 2)
    training.process.send_signal(INTERRUPT)
    _, log = training.process.communicate(timeout=30)
    assert training.process.returncode == 0
    assert log.endswith("] Optimization stopped early.\n")
    (first, last), (end,) = training.events("snapshot"), training.events("finished")
    assert first == saved
    assert last["iteration"] == end["iteration"] > saved["iteration"] + 2
    assert end["early"]
    for event in (first, last):
        assert read(tmp_path / event["state"]).state.iteration == event["iteration"]
