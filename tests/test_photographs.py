"""From a folder of photographs to a training run of AlexNet, in the three commands of the README."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import skimage

ROOT = Path(__file__).parents[1]
PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
CLASSES = {"animals": ["chelsea.png"], "people": ["astronaut.png"], "things": ["coffee.png", "rocket.jpg"]}
DATA_LAYER = """\
layer {
  name: "data"
  type: "Data"
  top: "data"
  top: "label"
  transform_param { mirror: true crop_size: 227 mean_file: "data/mean.binaryproto" }
  data_param { source: "data/photographs_lmdb" backend: LMDB batch_size: 3 }
}
"""


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder of JPEGs with one folder a class, and a copy of the model that reads them."""
    import cv2

    for name, files in CLASSES.items():
        (tmp_path / "photographs" / name).mkdir(parents=True)
        for file in files:
            photograph = cv2.imread(str(PHOTOGRAPHS / file))
            target = tmp_path / "photographs" / name / Path(file).with_suffix(".jpg").name
            assert photograph is not None
            assert cv2.imwrite(str(target), photograph)
    for folder in ("models", "solvers"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    model = tmp_path / "models" / "alexnet.prototxt"
    text = model.read_text()
    first, last = text.index('layer {\n  name: "data"'), text.index("# 227 →")
    model.write_text(text[:first] + DATA_LAYER + text[last:])
    (tmp_path / "data").mkdir()
    return tmp_path


def netdef(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "netdef", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=_environment())
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def test_three_commands_train_alexnet_on_photographs(workplace: Path) -> None:
    size = ("--resize-width", "256", "--resize-height", "256")
    netdef(workplace, "convert-imageset", *size, "--folder-per-class", "photographs", "data/photographs_lmdb")
    netdef(workplace, "compute-image-mean", "data/photographs_lmdb", "data/mean.binaryproto")
    settings = ["max_iter=2", "display=1", "snapshot_after_train=false", "test_initialization=false", "test_iter=1"]
    flags = [word for setting in settings for word in ("--set", f"solver.{setting}")]
    log = netdef(workplace, "train", "--solver", "solvers/alexnet.prototxt", *flags)
    assert "Optimization Done." in log
    journal = workplace / "runs" / "alexnet" / "log.jsonl"
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    losses = [event["loss"] for event in events if event["event"] == "train"]
    assert len(losses) == 2
    assert all(0 < loss < 20 for loss in losses)
    names = (workplace / "data" / "photographs_lmdb" / "labels.txt").read_text().split()
    assert names == sorted(CLASSES)
