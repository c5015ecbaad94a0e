import json
from pathlib import Path

import pytest

from netdef.draw.run_log import Curve, RunLog, read_run
from netdef.errors import UsageError

GOLDEN = Path(__file__).parents[1] / "golden" / "cli"


def write(folder: Path, *events: object, tail: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(event) + "\n" for event in events)
    (folder / "log.jsonl").write_text(text + tail)
    return folder


def train(iteration: int, loss: float) -> dict[str, object]:
    return {"event": "train", "loss": loss, "iteration": iteration, "smoothed_loss": loss + 1, "lr": 0.1, "seconds": 2}


def test_training_and_tests_become_curves(tmp_path: Path) -> None:
    test = {"event": "test", "accuracy": 0.5, "per_class": [0, 1], "iteration": 0, "net": 0, "seconds": 1}
    other = test | {"net": 1, "accuracy": 0.25}
    run = read_run(write(tmp_path / "run", test, other, train(0, 4.0), {"event": "snapshot"}, train(10, 2.0)))
    assert run.name == (tmp_path / "run").as_posix()
    assert run.training == {
        "loss": Curve([0, 10], [4.0, 2.0], [2, 2]),
        "smoothed_loss": Curve([0, 10], [5.0, 3.0], [2, 2]),
        "lr": Curve([0, 10], [0.1, 0.1], [2, 2]),
    }
    assert run.tests == {"accuracy": Curve([0], [0.5], [1]), "accuracy (test net 1)": Curve([0], [0.25], [1])}


def test_a_resumed_run_goes_on_from_where_it_went_back_to(tmp_path: Path) -> None:
    events = [train(0, 9.0), train(10, 8.0), train(20, 7.0), train(10, 6.0), train(20, 5.0)]
    assert read_run(write(tmp_path, *events)).training["loss"] == Curve([0, 10, 20], [9.0, 6.0, 5.0], [2, 2, 2])


def test_the_last_line_of_a_killed_run_is_left_out(tmp_path: Path) -> None:
    run = read_run(write(tmp_path, train(0, 9.0), tail='{"event": "train", "lo'))
    assert run.training["loss"] == Curve([0], [9.0], [2])


def test_a_damaged_line_in_between_is_named(tmp_path: Path) -> None:
    write(tmp_path, tail='{"event"\n' + json.dumps(train(0, 9.0)) + "\n")
    with pytest.raises(UsageError, match=r'log.jsonl:1: is no JSON object: \{"event"'):
        read_run(tmp_path)


@pytest.mark.parametrize("events", [[], [{"event": "snapshot", "iteration": 3}]])
def test_a_log_without_numbers_is_an_error(tmp_path: Path, events: list[object]) -> None:
    with pytest.raises(UsageError, match="no iteration is logged yet"):
        read_run(write(tmp_path, *events))


def test_a_folder_without_a_log(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"log.jsonl cannot be read: No such file or directory; a run folder has"):
        read_run(tmp_path)


def test_a_log_may_be_named_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "mine", train(0, 9.0))
    monkeypatch.chdir(tmp_path / "mine")
    assert read_run(Path("log.jsonl")).name == "mine"


def test_a_text_log_of_caffe(tmp_path: Path) -> None:
    text = (GOLDEN / "train.log").read_text()
    (tmp_path / "mine.log").write_text(text.replace("loss = 1.16169", "loss = nan"))
    run = read_run(tmp_path / "mine.log")
    assert run.name == (tmp_path / "mine.log").as_posix()
    assert run.training["loss"].iterations == [0, 2, 4, 6, 8]
    assert run.training["smoothed_loss"].iterations == [0, 4, 6, 8]
    assert run.training["lr"].values == [0.1, 0.1, 0.05, 0.05, 0.025]
    assert sorted(run.tests) == ["acc", "loss"]
    assert run.tests["acc"].values == [0, 0.3, 0.4]
    assert run.tests["acc"].seconds == sorted(run.tests["acc"].seconds)
    assert run.tests["acc"].seconds[-1] == pytest.approx(0.0009, abs=1e-4)


def test_a_text_log_without_numbers(tmp_path: Path) -> None:
    (tmp_path / "mine.log").write_text((GOLDEN / "no_args.log").read_text())
    with pytest.raises(UsageError, match=r"mine.log: no iteration is logged yet"):
        read_run(tmp_path / "mine.log")


def test_losses_and_scores_of_tests() -> None:
    curves = {name: Curve([0], [value]) for value, name in enumerate(("accuracy", "loss", "total_LOSS", "top5"))}
    run = RunLog("r", tests=curves)
    assert list(run.losses()) == ["loss", "total_LOSS"]
    assert list(run.scores()) == ["accuracy", "top5"]
