"""What is found in a solver and its nets together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.cli.findings import check_file
from netdef.data.mean_file import write_mean_file
from tests.data.databases import data_layer, write_pictures

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }\n'
STEPS = """net: "net.prototxt"
base_lr: 0.1
lr_policy: "multistep"
max_iter: 5
gamma: 0.1
stepvalue: 5
stepvalue: 8
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


PLATEAU = """net: "net.prototxt"
base_lr: 0.1
lr_policy: "plateau"
plateau_param {
  metric: "acuracy" better: HIGHER
}
max_iter: 100 test_iter: 1 test_interval: 10
"""


def test_a_plateau_without_its_metric(here: Path) -> None:
    net = INPUT + 'layer { name: "a" type: "ReLU" bottom: "x" top: "accuracy" }'
    (here / "net.prototxt").write_text(net)
    (here / "solver").write_text(PLATEAU)
    assert list(map(str, check_file("solver"))) == [
        'solver:5:3: metric is "acuracy", which no test net gives as an output\n    did you mean "accuracy"?'
    ]
    (here / "solver").write_text(PLATEAU.replace("acuracy", "accuracy"))
    assert check_file("solver") == []


def test_a_schedule_that_never_lowers_the_rate(here: Path) -> None:
    (here / "net.prototxt").write_text(INPUT)
    (here / "solver").write_text(STEPS)
    assert list(map(str, check_file("solver"))) == [
        "solver:6:1: warning: stepvalue is 5: the rate is never lowered before max_iter, which is 5"
    ]


def test_a_mean_of_another_size(here: Path) -> None:
    write_mean_file(here / "mean", np.zeros((3, 9, 8), np.float32))
    layer = data_layer(write_pictures(here / "db", 2), 2, 'mean_file: "mean"')
    (here / "net").write_text(f"layer {{\n{layer}}}\n")
    (problem,) = check_file("net")
    assert 'layer "data" (Data): mean_file mean is 3×9×8, but the records are 3×9×7' in problem.message
    assert problem.place is not None
    assert (here / "net").read_text().splitlines()[problem.place.line - 1].strip() == 'mean_file: "mean"'
