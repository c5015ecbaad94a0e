from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.trainings import write_run

Run = Any
GOLDEN = Path(__file__).parents[1] / "golden" / "cli"


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines(), delimiter=delimiter))


def test_caffes_log_becomes_two_tables(run: Run, tmp_path: Path) -> None:
    assert run("parse-log", GOLDEN / "train.log", tmp_path) == (0, "", "")
    train, test = rows(tmp_path / "train.log.train"), rows(tmp_path / "train.log.test")
    assert list(train[0]) == ["NumIters", "Seconds", "LearningRate", "loss"]
    assert [row["NumIters"] for row in train] == ["0", "2", "4", "6", "8"]
    assert train[3] == {"NumIters": "6", "Seconds": "0.000769", "LearningRate": "0.05", "loss": "0.865901"}
    assert list(test[0])[3:] == ["acc", "loss", "per_class[0]", "per_class[1]", "per_class[2]"]
    assert [row["acc"] for row in test] == ["0.0", "0.3", "0.4"]


def test_netdefs_own_log_of_a_run_and_of_its_resumption(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, "momentum: 0.9 random_seed: 5 display: 2 snapshot: 4")
    assert run("train", "--solver", "solver.prototxt").code == 0
    assert run("train", "--solver", "solver.prototxt", "--snapshot", "run/tiny_iter_8.solverstate").code == 0
    assert run("parse-log", "run", ".").code == 0
    train, test = rows(Path("train.log.train")), rows(Path("train.log.test"))
    assert [row["NumIters"] for row in train] == ["0", "2", "4", "6", "8"]
    assert [row["NumIters"] for row in test] == ["0", "4", "8"]
    assert [row["LearningRate"] for row in train] == ["0.05", "0.05", "0.025", "0.025", "0.0125"]
    seconds = [float(row["Seconds"]) for row in train]
    assert seconds == sorted(seconds)
    assert 0 < seconds[0] < seconds[-1] < 60


def test_another_delimiter_and_what_is_written(run: Run, tmp_path: Path) -> None:
    text = (GOLDEN / "train.log").read_text()
    (tmp_path / "my.log").write_text("".join(line for line in text.splitlines(True) if "Test net" not in line))
    done = run("parse-log", tmp_path / "my.log", tmp_path, "-verbose", "-delimiter", r"\t")
    assert done.out.splitlines() == [
        f"{tmp_path / 'my.log.train'}: 5 rows",
        f"{tmp_path / 'my.log.test'}: not written, it would have no rows",
    ]
    assert rows(tmp_path / "my.log.train", "\t")[4]["loss"] == "0.939492"
    assert not (tmp_path / "my.log.test").exists()


def test_a_file_that_is_no_log(run: Run, tmp_path: Path) -> None:
    done = run("parse-log", GOLDEN / "solver.prototxt", tmp_path)
    assert done.code == 1
    assert "solver.prototxt: says nothing of iterations; it must be a text log" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_log_or_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "nowhere.log cannot be read: No such file" in run("parse-log", "nowhere.log", tmp_path).err
    done = run("parse-log", GOLDEN / "train.log", tmp_path / "x")
    assert (done.code, done.err) == (
        1,
        f"{tmp_path / 'x/train.log.train'} cannot be written: No such file or directory\n",
    )


@pytest.mark.parametrize("delimiter", ["", ", "])
def test_a_delimiter_is_one_character(
    run: Run, tmp_path: Path, delimiter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("parse-log", GOLDEN / "train.log", tmp_path, f"--delimiter={delimiter}")
    assert f"{delimiter!r} must be one character" in capsys.readouterr().err
