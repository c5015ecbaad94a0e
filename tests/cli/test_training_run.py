from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.progress import Progress

from netdef.cli.progress import RunProgress
from netdef.cli.run_lock import LOCK, locked
from tests.trainings import write_run

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path)
    return tmp_path


def test_a_folder_that_another_run_writes_into_is_left_alone(folder: Path, run: Run) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "log.jsonl").write_text("{}\n")
    with locked(folder / "run"):
        done = run("train", "--solver", "solver.prototxt")
    assert done.code == 1
    assert "run: another run writes into this folder: process" in done.err
    assert "give this one a snapshot_prefix in a folder of its own" in done.err
    assert {path.name: path.read_text() for path in (folder / "run").iterdir()} == {"log.jsonl": "{}\n"}


def test_a_run_gives_its_folder_back(folder: Path, run: Run) -> None:
    assert run("train", "--solver", "solver.prototxt", "--set", "solver.max_iter=2").code == 0
    assert (folder / "run" / "log.jsonl").exists()
    assert not (folder / "run" / LOCK).exists()


@pytest.mark.parametrize(("terminal", "completed"), [(True, 2), (False, 0)])
def test_a_run_is_followed_by_a_bar_where_there_is_a_terminal(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, terminal: bool, completed: int
) -> None:
    bars = Progress(console=Console(file=io.StringIO()), disable=not terminal)
    shown = RunProgress(bars, 0, 2)
    monkeypatch.setattr("netdef.cli.training_run.run_progress", lambda *_, **__: nullcontext(shown))
    assert run("train", "--solver", "solver.prototxt", "--set", "solver.max_iter=2").code == 0
    assert bars.tasks[0].completed == completed


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--processes", "-2"), "--processes is -2, must be at least 1"),
        (("--gpu", "0,0"), "--gpu 0,0: GPU 0 is"),
        (("--gpu", "first"), "--gpu first: no GPUs of these names"),
    ],
)
def test_workers_that_cannot_be_are_refused_before_anything_starts(
    folder: Path, run: Run, flags: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    done = run("train", "--solver", "solver.prototxt", *flags)
    assert done.code == 1
    assert words in done.err
    assert not (folder / "run").exists()


def test_a_rank_without_a_number_of_workers_is_refused(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    done = run("train", "--solver", "solver.prototxt")
    assert (done.code, done.err.splitlines()[0]) == (1, "WORLD_SIZE is not set, but RANK is")


def test_workers_who_do_not_come_are_not_waited_for(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RANK", "1"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "localhost"), ("MASTER_PORT", "1")):
        monkeypatch.setenv(name, value)
    done = run("train", "--solver", "solver.prototxt", "--worker-timeout", "1")
    assert done.code == 1
    assert "worker 1 of 2: the workers did not come together within 1 s" in done.err
    assert "are all of them started, and can they reach MASTER_ADDR:MASTER_PORT?" in done.err
