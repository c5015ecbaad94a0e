from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from netdef.cli.main import main

GOLDEN = Path(__file__).parents[1] / "golden"
NET = ["--model-def", str(GOLDEN / "pycaffe/classifier.prototxt")]
NET += ["--pretrained-model", str(GOLDEN / "pycaffe/classifier.caffemodel"), "--context-pad", "0"]
IMAGE = GOLDEN / "data" / "images" / "im00_rgb.jpg"


def listed(tmp_path: Path, header: str = "filename,ymin,xmin,ymax,xmax") -> str:
    path = tmp_path / "windows.csv"
    path.write_text(f"{header}\n{IMAGE},1,2,15,20\n")
    return str(path)


def test_predictions_are_caffe_s(tmp_path: Path) -> None:
    recorded = np.load(GOLDEN / "pycaffe" / "io.npz")
    image = GOLDEN / "data" / "images" / str(recorded["meta/files"][0])
    windows = [",".join(map(str, window)) for window in recorded["detector/windows"].tolist()]
    table, out, mean = tmp_path / "windows.csv", tmp_path / "found.csv", tmp_path / "mean.npy"
    table.write_text("\n".join(["filename,ymin,xmin,ymax,xmax", *(f"{image},{window}" for window in windows)]))
    np.save(mean, np.array([10, 20, 30], np.float32))
    assert main(["detect", str(table), str(out), *NET, "--mean-file", str(mean), "--input-scale", "0.02"]) == 0
    with out.open() as file:
        rows = list(csv.DictReader(file))
    found = [[float(value) for name, value in row.items() if name.startswith("class")] for row in rows]
    np.testing.assert_allclose(found, recorded["detector/prediction"], rtol=1e-3, atol=1e-5)
    assert [row["ymax"] for row in rows] == [str(float(window[2])) for window in recorded["detector/windows"]]


@pytest.mark.parametrize(
    ("header", "flags", "said"),
    [
        ("file,ymin,xmin,ymax,xmax", [], "must have the columns filename, ymin, xmin, ymax, xmax"),
        (
            "filename,ymin,xmin,ymax,xmax",
            ["--crop-mode", "selective_search"],
            "selective search needs a MATLAB program",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    header: str, flags: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["detect", listed(tmp_path, header), str(tmp_path / "found.csv"), *NET, *flags]) == 1
    assert said in capsys.readouterr().err


def test_a_list_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", str(tmp_path / "none.csv"), str(tmp_path / "found.csv"), *NET]) == 1
    assert "none.csv cannot be read: No such file" in capsys.readouterr().err
