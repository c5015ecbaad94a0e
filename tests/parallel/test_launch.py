from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import lmdb
import pytest
from torch.multiprocessing import ProcessExitedException  # type: ignore[attr-defined]

from netdef.errors import WorkerError
from netdef.parallel.launch import launch
from tests.parallel.runs import PATIENCE, ROOT, journal, state, words

TORN = 5  # the second worker's: 5 = 1 modulo 2


def leave_word(folder: Path) -> int:
    """Write down the worker's place; the second one fails, the first one would go on and on."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    (folder / os.environ["RANK"]).write_text(" ".join(os.environ[name] for name in names))
    if os.environ["RANK"] == "0":
        sleep(PATIENCE)
    while not (folder / "0").exists():
        sleep(0.01)
    return 3


def test_where_one_worker_fails_at_its_start_all_end_with_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    begin = monotonic()
    assert launch(2, partial(leave_word, tmp_path)) == 3
    assert monotonic() - begin < PATIENCE
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"0": "0 2 0 2", "1": "1 2 1 2"}


class Ended:
    """Processes of which the second one was killed."""

    def pids(self) -> list[int]:
        return [os.getpid(), os.getpid()]

    def join(self) -> bool:
        raise ProcessExitedException("", error_index=1, error_pid=0, exit_code=-9, signal_name="SIGKILL")


def test_a_worker_that_a_signal_ends_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr("netdef.parallel.launch.start_processes", lambda *arguments, **how: Ended())
    with pytest.raises(WorkerError, match="worker 1 was ended by SIGKILL\n    --snapshot latest goes on from the last"):
        launch(2, partial(int, "0"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def train(folder: Path, *flags: str) -> subprocess.Popen[str]:
    """Begin ``netdef train`` with workers of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "netdef", "train", "--processes", "2", *flags]
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)


def test_one_workers_error_ends_the_run_and_is_told_once(files: Path, tmp_path: Path) -> None:
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    with lmdb.open(str(tmp_path / "train_lmdb")) as database, database.begin(write=True) as transaction:
        transaction.put(b"%08d_im" % TORN, b"\\xff\\xff\\xff")
    run = train(tmp_path, *words("plain", "run"))
    _, told = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    errors = [line for line in told.splitlines() if line.startswith("E")]
    assert len(errors) == 1
    assert re.search(r'worker 1: .*layer "digits".*train_lmdb: record 5', errors[0])
    assert "Traceback" not in told
    assert [event["event"] for event in journal(tmp_path / "run", "finished")] == []


def test_a_request_to_stop_reaches_all_workers(files: Path, tmp_path: Path) -> None:
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    run = train(tmp_path, *words("plain", "run", max_iter=100_000, display=1, test_interval=99_999))
    assert run.stderr is not None
    for line in run.stderr:
        if "Iteration 3 " in line:
            run.send_signal(signal.SIGTERM)
            break
    _, told = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0
    assert "Optimization stopped early." in told
    (finished,) = journal(tmp_path / "run", "finished")
    assert finished["early"]
    last = finished["iteration"]
    assert state(tmp_path / "run", last).positions["train", "digits"] == 8 * last
