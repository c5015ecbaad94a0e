from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import pytest
import torch

from netdef.loading import open_evaluation
from netdef.session import open_training
from netdef.solver.batch import run_batch
from tests.trainings import TEST_BATCH, TEST_RECORDS, write_run

GOLDEN = Path(__file__).parents[1] / "golden"


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]
MODEL = ("test", "--model", "net.prototxt", "--weights", "run/tiny_iter_2.caffemodel")


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


def by_batch(batches: int) -> list[dict[str, float]]:
    """What the net says of each batch."""
    with open_evaluation("net.prototxt", "run/tiny_iter_2.caffemodel") as evaluation, torch.no_grad():
        results = [run_batch(evaluation.net, evaluation.feed.next(), number)[0] for number in range(batches)]
    return [{name: tensor.item() for name, tensor in result.blobs.items()} for result in results]


def test_every_batch_and_the_means_are_told_as_caffe_tells_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    words = ("--model", "cli/net.prototxt", "--weights", "cli/snap_iter_6.caffemodel", "--iterations", 3)
    ours = messages(run("test", *words).err)
    log = (GOLDEN / "cli/test.log").read_text().splitlines()
    caffes = [line.split("] ", 1)[1] for line in log if re.search(r"caffe\.cpp:(281|304|309|321)\]", line)]
    assert len(caffes) == 22
    assert ours[0].startswith("Use the CPU (")
    assert ours[1:] == caffes


def test_a_net_with_debug_info_tells_what_its_layers_make(folder: Path, run: Run) -> None:
    file = Path("net.prototxt")
    file.write_text(f"debug_info: true {file.read_text()}")
    log = messages(run(*MODEL, "--iterations", 2).err)
    assert sum(line.startswith("    [Forward] Layer conv, param blob 1 data: ") for line in log) == 2
    split = next(number for number, line in enumerate(log) if "label_pictures_1_split_1 data: " in line)
    assert log[split - 3].startswith("    [Forward] Layer pictures, top blob data data: ")
    assert not any("[Backward]" in line for line in log)


def test_json_is_one_object_and_nothing_else(folder: Path, run: Run) -> None:
    done = run(*MODEL, "--iterations", 2, "--json")
    assert (done.code, done.err) == (0, "")
    one, other = by_batch(2)
    means = {name: pytest.approx((one[name] + other[name]) / 2) for name in ("acc", "loss")}
    assert json.loads(done.out) == means


def test_fifty_batches_are_run_where_nobody_says_how_many(folder: Path, run: Run) -> None:
    log = messages(run(*MODEL).err)
    assert log[1] == "Running for 50 iterations."
    assert sum(line.startswith("Batch ") for line in log) == 2 * 50


def test_the_whole_set_counts_each_record_once(folder: Path, run: Run) -> None:
    done = run(*MODEL, "--whole-set", "--json")
    batches = -(-TEST_RECORDS // TEST_BATCH)
    assert (batches, TEST_RECORDS % TEST_BATCH) == (3, 1)
    once = json.loads(done.out)
    assert once.pop("whole_set")["records"] == TEST_RECORDS
    text = Path("net.prototxt").read_text()
    Path("net.prototxt").write_text(text.replace(f"batch_size: {TEST_BATCH}", f"batch_size: {TEST_RECORDS}"))
    (whole,) = by_batch(1)
    assert once == {name: pytest.approx(value, rel=1e-5) for name, value in whole.items()}


def test_pictures_of_the_whole_set(folder: Path, run: Run) -> None:
    pictures = ("--confusion", "confusion.png", "--mistakes", "mistakes.png")
    log = messages(run(*MODEL, "--whole-set", *pictures).err)
    assert {"Confusion matrix: confusion.png", "Surest mistakes: mistakes.png"} <= set(log)
    assert f"Records: {TEST_RECORDS}" in log
    assert all(cv2.imread(name) is not None for name in pictures[1::2])
    refused = run(*MODEL, *pictures)
    assert (refused.code, "give --whole-set, too" in refused.err) == (1, True)


def test_a_net_without_accuracy_is_measured_but_not_judged(folder: Path, run: Run) -> None:
    text = Path("net.prototxt").read_text()
    Path("net.prototxt").write_text("".join(line for line in text.splitlines(True) if '"Accuracy"' not in line))
    done = run(*MODEL, "--whole-set")
    assert done.code == 0
    assert any("No accuracy, no confusion: net" in line for line in messages(done.err))
    assert not any(line.startswith("Records:") for line in messages(done.err))
    assert run(*MODEL, "--whole-set", "--confusion", "confusion.png").code == 1


def test_the_whole_set_and_a_number_of_batches_exclude_each_other(folder: Path, run: Run) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*MODEL, "--whole-set", "--iterations", 3)
    assert caught.value.code == 2


@pytest.mark.parametrize("number", [0, -3])
def test_less_than_one_batch_is_refused(folder: Path, run: Run, number: int) -> None:
    done = run(*MODEL, f"--iterations={number}")
    assert (done.code, done.err) == (1, f"--iterations is {number}, must be at least 1\n")


def test_a_sheet_shows_the_records(folder: Path, run: Run) -> None:
    done = run(*MODEL, "--whole-set", "--sheet", "sheet.png")
    assert done.code == 0
    assert "Test images and predictions: sheet.png" in messages(done.err)
    assert cv2.imread("sheet.png") is not None


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--model", "nte.prototxt", "--weights", "w"), "nte.prototxt: no such file"),
        (("--model", "net.prototxt", "--weights", "w.caffemodel"), "w.caffemodel"),
        ((*MODEL[1:], "--sheet", "none/sheet.png"), "is none a folder to write into?"),
        ((*MODEL[1:], "--gpu", "all"), "--gpu all: one GPU at a time"),
    ],
)
def test_what_is_wrong_is_told_without_a_traceback(folder: Path, run: Run, words: tuple[str, ...], error: str) -> None:
    done = run("test", *words)
    assert done.code == 1
    assert error in done.err
    assert "Traceback" not in done.err


def test_stages_and_level_choose_the_net(folder: Path, run: Run) -> None:
    extra = (
        'layer { name: "e" type: "Reduction" bottom: "ip" top: "extra" include { stage: "a" stage: "b" min_level: 2 } }'
    )
    Path("net.prototxt").write_text(Path("net.prototxt").read_text() + extra)
    done = run(*MODEL, "--iterations", 1, "--json", "--stage", "a,b", "--level", 2)
    assert sorted(json.loads(done.out)) == ["acc", "extra", "loss"]
