from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netdef.session import open_training
from tests.trainings import TEST_RECORDS, write_run

Run = Callable[..., Any]
MODEL = ("--model", "net.prototxt", "--weights", "run/tiny_iter_2.caffemodel")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a net that has been trained a little."""
    monkeypatch.chdir(tmp_path)
    solver = write_run(tmp_path)
    (tmp_path / "run").mkdir()
    with open_training(solver) as training:
        list(training.solver.step(2))
        training.snapshot()
    return tmp_path


def messages(text: str) -> list[str]:
    return [line.split("] ", 1)[1] for line in text.splitlines()]


def whole_set(run: Run, *words: str) -> dict[str, Any]:
    done = run("test", *words, "--json")
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)["whole_set"]
    return found


def test_ten_crops_have_a_name_and_a_number(folder: Path, run: Run) -> None:
    by_name = whole_set(run, *MODEL, "--ten-crop")
    assert by_name == whole_set(run, *MODEL, "--crops", "10")
    assert (by_name["records"], by_name["nets"], by_name["views"]) == (TEST_RECORDS, 1, 10)
    assert by_name["top_1_error"] == 1 - by_name["top_1"]
    assert by_name["top_5_error"] == 1 - by_name["top_5"]


def test_views_of_several_scales(folder: Path, run: Run) -> None:
    assert whole_set(run, *MODEL, "--crops", "8", "--scales", "5,8,11")["views"] == 24
    assert whole_set(run, *MODEL, "--scales", "5,8")["views"] == 2


def test_a_net_and_itself_say_what_the_net_says(folder: Path, run: Run) -> None:
    alone, both = whole_set(run, *MODEL, "--crops", "2"), whole_set(run, *MODEL, *MODEL, "--crops", "2")
    assert (alone.pop("nets"), both.pop("nets")) == (1, 2)
    assert alone == both


def test_several_nets_are_told_alone_and_together(folder: Path, run: Run) -> None:
    shutil.copy("net.prototxt", "other.prototxt")
    text = Path("other.prototxt").read_text()
    Path("other.prototxt").write_text(text.replace('"tiny"', '"other"').replace("batch_size: 2", "batch_size: 4"))
    other = ("--model", "other.prototxt", "--weights", MODEL[3])
    log = messages(run("test", *MODEL, *other, "--confusion", "confusion.png").err)
    assert log[1] == "Running net.prototxt through the whole set, 1 view of each record."
    assert [line.partition(":")[0] for line in log[3:6]] == ["tiny alone", "other alone", "Records"]
    assert log[5] == f"Records: {TEST_RECORDS}; mean probabilities of 2 nets, 1 view of each record"
    assert log[6].startswith("Top-1 accuracy: ")
    assert ", error " in log[6]
    assert Path("confusion.png").exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--ten-crop", "--sheet", "s.png"), "--sheet does not go with averages"),
        (("--ten-crop", "--iterations", "3"), "--iterations does not go with averages"),
        (("--crops", "7"), "7 crops: must be 1 (the middle), 10"),
        (("--scales", "3"), "crop_size is 5, but the image is only 3×3"),
        (("--model", "net.prototxt"), "2 --model and 1 --weights: give one --weights for each --model"),
    ],
)
def test_what_cannot_be_is_told(folder: Path, run: Run, words: tuple[str, ...], error: str) -> None:
    done = run("test", *MODEL, *words)
    assert done.code == 1
    assert error in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("words", [("--ten-crop", "--crops", "10"), ("--scales", "256;384")])
def test_wrong_words_are_refused(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("test", *MODEL, *words)
    assert caught.value.code == 2
