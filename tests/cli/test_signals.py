from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from netdef.cli.signals import EFFECTS, listening
from netdef.solver.request import Request
from netdef.solver.snapshot import read
from netdef.weights.file import read_weights
from tests.trainings import write_run

if TYPE_CHECKING:
    from tests.cli.conftest import Run

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


class Training:
    """A training in a process of its own that would take hours."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "netdef", "train", "--solver", "solver.prototxt"]
        command += ["--set", "solver.max_iter=1000000", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        self.journal = folder / "run" / "log.jsonl"
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)

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


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Training]:
    training = Training(folder, *words)
    try:
        yield training
    finally:
        training.process.kill()
        training.process.communicate()


def test_a_hang_up_saves_and_goes_on_and_ctrl_c_saves_and_ends_well(tmp_path: Path) -> None:
    write_run(tmp_path, "momentum: 0.9 random_seed: 5 display: 1")
    with running(tmp_path) as training:
        training.wait_for("train", after=2)
        training.process.send_signal(HANG_UP)
        saved = training.wait_for("snapshot")
        training.wait_for("train", after=saved["iteration"] + 2)
        training.process.send_signal(INTERRUPT)
        _, log = training.process.communicate(timeout=30)
    assert training.process.returncode == 0
    assert "] Optimization stopped early.\n" in log
    (first, last), (end,) = training.events("snapshot"), training.events("finished")
    assert first == saved
    assert last["iteration"] == end["iteration"] > saved["iteration"] + 2
    assert end["early"]
    for event in (first, last):
        assert read(tmp_path / event["state"]).state.iteration == event["iteration"]


@pytest.mark.parametrize("moment", [0.03, 0.11])
def test_a_run_that_is_killed_leaves_whole_pairs_and_goes_on_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, moment: float
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, "momentum: 0.9 random_seed: 5")
    with running(tmp_path, "--set", "solver.snapshot=1") as training:
        training.wait_for("snapshot", after=1)
        sleep(moment)
        training.process.kill()
    saved = [read(path) for path in Path("run").glob("*.solverstate")]
    assert all(weights(snapshot.weights) for snapshot in saved)
    end = max(snapshot.state.iteration for snapshot in saved) + 2
    words = ("train", "--solver", "solver.prototxt", "--set", f"solver.max_iter={end}")
    assert run(*words, "--snapshot", "latest").code == 0
    assert not list(Path("run").glob("*.tmp"))
    assert run(*words, "--set", "solver.snapshot_prefix=straight/tiny").code == 0
    assert weights(f"run/tiny_iter_{end}.caffemodel") == weights(f"straight/tiny_iter_{end}.caffemodel")


def weights(path: str | Path) -> list[list[float]]:
    return [blob.flatten().tolist() for layer in read_weights(path).layers for blob in layer.blobs if blob is not None]


def test_a_request_to_end_stops_and_the_second_in_a_row_ends_at_once() -> None:
    with listening("none", "none") as requests:
        send(signal.SIGTERM)
        assert [requests(), requests()] == [Request.STOP, Request.NONE]
        send(signal.SIGTERM)
        with pytest.raises(SystemExit) as caught:
            send(signal.SIGTERM)
    assert caught.value.code == 128 + signal.SIGTERM
