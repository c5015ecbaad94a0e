import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from netdef.draw.curves import _figure, draw_curves
from netdef.draw.run_log import Curve, RunLog
from netdef.errors import UsageError


def log(name: str = "run", **tests: float) -> RunLog:
    steps = [0, 10, 20]
    training = {
        "loss": Curve(steps, [2.0, 1.0, 0.01]),
        "smoothed_loss": Curve(steps, [2.0, 1.5, 0.5]),
        "lr": Curve(steps, [0.1, 0.1, 0.1]),
    }
    return RunLog(name, training, {output: Curve([0, 20], [0.1, value]) for output, value in tests.items()})


def titles(figure: Figure) -> list[str]:
    return [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]


def labels(figure: Figure, panel: int) -> list[str]:
    legend = figure.axes[panel].get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_panels_for_loss_scores_and_rate() -> None:
    figure = _figure([log(accuracy=0.875, loss=0.25)])
    assert titles(figure) == ["loss", "test data", "learning rate"]
    assert labels(figure, 0) == ["training", "test loss"]
    assert labels(figure, 1) == ["accuracy 87.50%"]
    assert figure.axes[0].get_yscale() == "linear"
    assert figure.axes[1].yaxis.get_major_formatter()(0.5, 0) == "50%"


def test_panels_without_content_are_left_out() -> None:
    assert titles(_figure([log(loss=0.25)])) == ["loss", "learning rate"]
    assert titles(_figure([RunLog("r", {}, {"accuracy": Curve([0], [0.5])})])) == ["test data"]


def test_the_raw_loss_lies_faint_under_the_solvers_own_mean() -> None:
    raw, calm = _figure([log()]).axes[0].get_lines()
    np.testing.assert_array_equal(raw.get_ydata(), [2.0, 1.0, 0.01])
    np.testing.assert_array_equal(calm.get_ydata(), [2.0, 1.5, 0.5])
    assert raw.get_alpha() == 0.35


def test_a_loss_that_falls_far_has_a_logarithmic_axis() -> None:
    run = log()
    run.training["smoothed_loss"] = run.training["loss"]
    assert _figure([run]).axes[0].get_yscale() == "log"


def test_several_runs_have_names_and_a_colour_each() -> None:
    figure = _figure([log("a", accuracy=0.5, top5=3.0), log("b", accuracy=0.75)])
    assert labels(figure, 0) == ["a: training", "b: training"]
    assert labels(figure, 1) == ["a: accuracy 50.00%", "a: top5 3", "b: accuracy 75.00%"]
    scores = figure.axes[1].get_lines()
    assert scores[0].get_color() == scores[1].get_color() != scores[2].get_color()
    assert scores[0].get_linestyle() != scores[1].get_linestyle()


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    event = {"event": "train", "loss": 1.5, "iteration": 7, "smoothed_loss": 1.5, "lr": 0.1}
    (tmp_path / "log.jsonl").write_text(json.dumps(event) + "\n")
    return tmp_path


def test_a_picture_is_written(run_folder: Path) -> None:
    draw_curves([run_folder], run_folder / "out.png")
    picture = cv2.imread(str(run_folder / "out.png"))
    assert picture is not None
    assert picture.shape[1] == 1350
    assert picture.min() < 128


def test_a_folder_that_is_not_there(run_folder: Path) -> None:
    with pytest.raises(UsageError, match=r"out.png cannot be written: .*No such file"):
        draw_curves([run_folder], run_folder / "nowhere" / "out.png")
