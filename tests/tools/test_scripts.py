"""Caffe's scripts, under their own names and with their own arguments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).parents[2] / "tools"
GOLDEN = Path(__file__).parents[1] / "golden"
LENET = Path(__file__).parents[2] / "models" / "lenet.prototxt"


def launch(script: str, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(TOOLS / script), *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_each_is_a_program_that_python_runs() -> None:
    scripts = [path for path in TOOLS.glob("*.py") if path.name != "netdef_checkout.py"]
    assert "parse_log.py" in {script.name for script in scripts}
    assert all(os.access(script, os.X_OK) for script in scripts)
    assert {script.read_text().partition("\n")[0] for script in scripts} == {"#!/usr/bin/env python3"}


def test_parse_log(tmp_path: Path) -> None:
    done = launch("parse_log.py", GOLDEN / "cli/train.log", tmp_path, "--verbose", "--delimiter", ";", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "train.log.test").read_text().startswith("NumIters;Seconds;LearningRate;acc;")
    assert (tmp_path / "train.log.train").exists()


def test_plot_training_log(tmp_path: Path) -> None:
    logs = (GOLDEN / "cli/train.log", GOLDEN / "cli/resume.log")
    done = launch("plot_training_log.py", 2, "loss.svg", *logs, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "loss.svg\n", "")
    assert "<!-- Test loss vs. Iters -->" in (tmp_path / "loss.svg").read_text()


def test_plot_training_log_names_its_charts(tmp_path: Path) -> None:
    assert launch("plot_training_log.py", 8, "loss.svg", "a.log", cwd=tmp_path).returncode == 2
    assert "  7: Train loss vs. Seconds\n" in launch("plot_training_log.py", "--help", cwd=tmp_path).stdout


def test_draw_net(tmp_path: Path) -> None:
    done = launch("draw_net.py", LENET, "all.dot", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    source = (tmp_path / "all.dot").read_text("utf-8")
    assert "rankdir=LR" in source
    assert "only in phase TRAIN" in source
    assert "lr_mult" not in source


def test_draw_net_of_one_phase(tmp_path: Path) -> None:
    flags = ("--rankdir", "BT", "--phase", "TEST", "--display_lrm")
    assert launch("draw_net.py", *flags, LENET, "test.dot", cwd=tmp_path).returncode == 0
    source = (tmp_path / "test.dot").read_text("utf-8")
    assert "rankdir=BT" in source
    assert "only in" not in source
    assert "lr_mult 1 2" in source


def test_resize_and_crop_images(tmp_path: Path) -> None:
    flags = (f"--input_folder={GOLDEN / 'data/same_size'}", "--output_folder=out", "--output_side_length=9")
    done = launch("resize_and_crop_images.py", "--num_clients=2", "--image_lib=opencv", *flags, cwd=tmp_path)
    assert done.returncode == 0
    assert "images of 9×9 pixels" in done.stderr
    assert any((tmp_path / "out").iterdir())
