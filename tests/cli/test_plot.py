import json
from pathlib import Path
from typing import Any

import pytest

Run = Any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    events = ({"event": "train", "loss": 3 - n, "iteration": n, "smoothed_loss": 3 - n, "lr": 0.1} for n in range(3))
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return tmp_path


def test_the_picture_lies_in_the_run_folder_and_is_named(run: Run, folder: Path) -> None:
    assert run("plot", folder) == (0, f"{folder / 'curves.png'}\n", "")
    assert (folder / "curves.png").read_bytes()[:4] == b"\x89PNG"


def test_several_runs_and_another_format(run: Run, folder: Path) -> None:
    out = folder / "both.svg"
    assert run("plot", folder, folder / "log.jsonl", "-o", out).code == 0
    assert "<svg" in out.read_text()


def test_a_text_log_of_caffe(run: Run, tmp_path: Path) -> None:
    log = Path(__file__).parents[1] / "golden" / "cli" / "train.log"
    assert run("plot", log, "-o", tmp_path / "caffe.png") == (0, f"{tmp_path / 'caffe.png'}\n", "")
    assert (tmp_path / "caffe.png").read_bytes()[:4] == b"\x89PNG"


def test_one_of_caffes_charts(run: Run, folder: Path) -> None:
    assert run("plot", folder, "--chart", 6, "-o", folder / "loss.svg").code == 0
    assert "<!-- Train loss vs. Iters -->" in (folder / "loss.svg").read_text()
    done = run("plot", folder, "-chart=1")
    assert (done.code, done.err) == (1, f"{folder.as_posix()}: no test accuracy is logged\n")


def test_an_empty_log_is_an_error(run: Run, folder: Path) -> None:
    (folder / "log.jsonl").write_text("")
    done = run("plot", folder)
    assert (done.code, done.out) == (1, "")
    assert "no iteration is logged yet" in done.err
