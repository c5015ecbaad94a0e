import json
import subprocess
import sys
from pathlib import Path

import pytest

from netdef.cli.main import main
from tests.draw.placed import UNDIVIDED
from tests.draw.split import NET

LENET = str(Path(__file__).parents[2] / "models" / "lenet.prototxt")


def test_the_default_is_phase_test_without_stages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", LENET, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["name"] == "LeNet"
    assert [layer["name"] for layer in result["layers"]][-2:] == ["accuracy", "loss"]
    assert result["layers"][0]["top_shapes"] == {"data": [100, 1, 28, 28], "label": [100]}
    assert result["layers"][1]["line"] == Path(LENET).read_text("utf-8").splitlines().index('  name: "conv1"')


def test_phase_and_stages_with_one_dash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", LENET, "-phase=test", "-stage", "deploy,other"]) == 0
    out = capsys.readouterr().out
    assert "prob" in out
    assert "accuracy" not in out


def test_an_unknown_phase_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["summary", LENET, "--phase", "TESTING"])
    assert "'TESTING' is no phase, must be one of TRAIN, TEST" in capsys.readouterr().err


def test_parts_that_cannot_be_equal_are_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(UNDIVIDED)
    assert main(["summary", str(model)]) == 1
    assert 'layer "conv" (Convolution): 9 channels cannot be split over 2 devices' in capsys.readouterr().err


def test_neither_torch_nor_numpy_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from netdef.cli.main import main; main(sys.argv[1:]);"
        "sys.exit(bool({'torch', 'numpy', 'cv2', 'lmdb', 'graphviz', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "summary", LENET], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0


def test_what_comes_to_each_of_several_workers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(NET)
    assert main(["summary", str(model), "--workers", "4"]) == 0
    out = capsys.readouterr().out
    assert "split, phase TRAIN" in out
    assert "A step of 4 workers, 2 records each" in out
    assert main(["summary", str(model), "--workers", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["workers"]["workers"] == 2
    assert found["workers"]["bytes_per_step"]["blobs"] == 2272


def test_channels_that_so_many_workers_cannot_split_are_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "net.prototxt"
    model.write_text(NET)
    assert main(["summary", str(model), "--workers", "3"]) == 1
    err = capsys.readouterr().err
    assert "net.prototxt:9:" in err
    assert 'layer "out" (InnerProduct): 20 channels cannot be split over 3 workers' in err
