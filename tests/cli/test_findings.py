"""What is found in a solver and its nets together, and of where layers run."""

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


def test_a_solver_that_names_a_solver_as_its_net(here: Path) -> None:
    (here / "net.prototxt").write_text(STEPS)
    (here / "solver").write_text(STEPS.replace("stepvalue: 5", "stepvalue: 3"))
    assert list(map(str, check_file("solver"))) == [
        "solver:1:1: net net.prototxt is a solver file itself, where a net file is wanted"
    ]


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


IMAGE = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 7 dim: 5 } } }\n'
CONVOLUTION = 'layer { name: "c" type: "Convolution" bottom: "x" top: "c" DEVICE convolution_param { OPTIONS } }\n'
GROUP = 'layer_group { name: "g" device: "0" device: "1" }\n'
NORMS = 'param { name: "a" lr_mult: 0 } param { name: "b" lr_mult: 0 } param { name: "c" lr_mult: 0 }'


def convolution(options: str, device: str) -> str:
    return IMAGE + CONVOLUTION.replace("OPTIONS", options).replace("DEVICE", device)


def norm(top: str, device: str) -> str:
    return f'layer {{ name: "{top}" type: "BatchNorm" bottom: "x" top: "{top}"\n  device: "{device}" {NORMS} }}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            convolution("num_output: 5 kernel_size: 3", '\n  device: "0" device: "1"'),
            'net:3:3: layer "c" (Convolution): 5 channels cannot be split over 2 devices in equal parts\n'
            "    let the number of channels be a multiple of 2",
            id="channels of several devices",
        ),
        pytest.param(
            convolution("num_output: 6 kernel_size: 3 group: 3", 'in_group: "g"') + GROUP,
            'net:3:25: layer "c" (Convolution): 3 groups straddle 2 devices\n    the layer stands at net:2:1\n'
            "    let the number of groups be a multiple of the number of devices, or divide it",
            id="groups of several devices",
        ),
        pytest.param(
            IMAGE + norm("n", "0") + norm("m", "1"),
            'net:5:3: layer "m" (BatchNorm): shares blob 0 with layer "n", but it lies on other devices there\n'
            "    give both the same devices: running statistics are kept where their layer runs",
            id="statistics shared by two devices",
        ),
        pytest.param(
            IMAGE + GROUP.replace('"1"', '"0"'),
            'net:2:37: layer_group "g": names device "0" twice, must name each once\n'
            "    a layer is split into equal parts, one a device",
            id="device named twice",
        ),
        pytest.param(
            IMAGE.replace("type:", 'device: "" type:'),
            'net:1:19: layer "x" (Input): device is empty, must be named\n'
            '    a device is a number, device: "0", or a name of your own; leave the field out to follow the bottom',
            id="device without a name",
        ),
    ],
)
def test_a_placement_that_cannot_be_is_told_where_the_devices_are_named(text: str, said: str, here: Path) -> None:
    (here / "net").write_text(text)
    assert [str(problem) for problem in check_file("net")] == [said]


def test_a_net_with_other_mistakes_is_not_placed(here: Path) -> None:
    text = convolution("num_output: 5 kernel_size: 3", 'device: "0" device: "1"') + CONVOLUTION.replace('"x"', '"y"')
    (here / "net").write_text(text.replace("DEVICE", "").replace("OPTIONS", "num_output: 1 kernel_size: 1"))
    assert not any("cannot be split" in problem.message for problem in check_file("net"))
