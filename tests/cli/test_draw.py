import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from netdef.cli.main import main
from tests.draw.placed import UNDIVIDED

MODELS = Path(__file__).parents[2] / "models"
LENET = str(MODELS / "lenet.prototxt")
TEST_ONLY = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { phase: TEST } }
layer { name: "out" type: "ReLU" bottom: "x" top: "y" }
"""
STAGED = """
layer { name: "own" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { stage: "own" } }
layer { name: "other" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 } } include { stage: "other" } }
layer { name: "out" type: "ReLU" bottom: "x" top: "y" }
"""
WRONG = 'layer { name: "out" type: "ReLU" bottom: "x" top: "y" }'


def drawn(tmp_path: Path, *flags: str) -> str:
    output = tmp_path / "net.dot"
    assert main(["draw", LENET, "-o", str(output), *flags]) == 0
    return output.read_text("utf-8")


def test_all_phases_are_the_default(tmp_path: Path) -> None:
    source = drawn(tmp_path)
    assert "only in phase TRAIN" in source
    assert "only in phase TEST" in source


def test_one_phase_with_a_stage(tmp_path: Path) -> None:
    source = drawn(tmp_path, "--phase", "TEST", "--stage", "deploy", "--rankdir", "LR")
    assert "<B>prob</B>" in source
    assert "only in" not in source
    assert "rankdir=LR" in source


def test_learning_rate_multipliers(tmp_path: Path) -> None:
    assert "lr_mult" not in drawn(tmp_path)
    assert drawn(tmp_path, "-display_lrm").count("lr_mult 1 2") == 4


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("html", b"<!DOCTYPE html>")])
def test_the_suffix_says_what_to_write(tmp_path: Path, suffix: str, start: bytes) -> None:
    output = tmp_path / f"net.{suffix}"
    assert main(["draw", LENET, "-o", str(output)]) == 0
    assert output.read_bytes().startswith(start)


def test_svg_is_xml(tmp_path: Path) -> None:
    output = tmp_path / "net.svg"
    main(["draw", LENET, "--output", str(output)])
    assert "LeNet" in "".join(ElementTree.parse(output).getroot().itertext())


def test_a_phase_that_cannot_be_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, output = tmp_path / "net.prototxt", tmp_path / "net.dot"
    model.write_text(TEST_ONLY)
    assert main(["draw", str(model), "-o", str(output)]) == 0
    assert "phase TRAIN is left out" in capsys.readouterr().err
    assert "<B>in</B>" in output.read_text("utf-8")


def test_phases_that_need_a_stage_are_drawn_with_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, output = tmp_path / "net.prototxt", tmp_path / "net.dot"
    model.write_text(STAGED)
    assert main(["draw", str(model), "-o", str(output)]) == 0
    assert capsys.readouterr().err == ""
    source = output.read_text("utf-8")
    assert "only in phases TRAIN, stage own; TEST, stage own" in source
    assert "only in phases TRAIN, stage other; TEST, stage other" in source


def test_stages_that_are_given_are_the_only_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(STAGED)
    assert main(["draw", str(model), "-o", str(tmp_path / "net.dot"), "--stage", "third"]) == 1
    assert 'no layer has a rule about the stage "third"; there are rules about "o' in capsys.readouterr().err


def test_a_net_that_no_phase_can_be_built_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(WRONG)
    assert main(["draw", str(model), "-o", str(tmp_path / "net.dot")]) == 1
    assert 'bottom "x" is made by no layer before it' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("net.gif", "draws .svg, .png, .pdf, .dot, .html, not .gif"),
        ("missing/net.dot", "cannot be written: No such file"),
    ],
)
def test_outputs_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, words: str) -> None:
    assert main(["draw", LENET, "-o", str(tmp_path / output)]) == 1
    assert words in capsys.readouterr().err


def test_a_schedule(tmp_path: Path) -> None:
    output = tmp_path / "net.dot"
    towers = str(MODELS / "alexnet_two_towers.prototxt")
    assert main(["draw", towers, "--schedule", "--micro-batches", "3", "-o", str(output)]) == 0
    assert "9 stages, 3 micro-batches" in output.read_text("utf-8")


def test_a_schedule_takes_two_devices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", LENET, "--schedule", "-o", str(tmp_path / "net.dot")]) == 1
    assert 'net "LeNet" runs on one device, so nothing works beside it' in capsys.readouterr().err


def test_parts_that_cannot_be_equal_are_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(UNDIVIDED)
    assert main(["draw", str(model), "-o", str(tmp_path / "net.dot")]) == 1
    assert "9 channels cannot be split over 2 devices" in capsys.readouterr().err


def test_neither_torch_nor_numpy_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from netdef.cli.main import main; main(sys.argv[1:]);"
        "sys.exit(bool({'torch', 'numpy', 'cv2', 'pygraphviz'} & set(sys.modules)))"
    )
    words = [sys.executable, "-c", program, "draw", LENET, "-o", str(tmp_path / "net.svg")]
    assert subprocess.run(words, check=False).returncode == 0
