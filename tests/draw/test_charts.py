from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from netdef.draw.charts import CHARTS, _figure, draw_chart
from netdef.draw.run_log import Curve, RunLog
from netdef.errors import UsageError

GOLDEN = Path(__file__).parents[1] / "golden" / "cli"


def log(name: str = "a.log", **tests: float) -> RunLog:
    def curve(*values: float) -> Curve:
        return Curve([0, 10], list(values), [0.5, 2.5])

    training = {"loss": curve(8, 7), "smoothed_loss": curve(9, 6), "lr": curve(0.1, 0.01)}
    return RunLog(name, training, {output: curve(0, value) for output, value in tests.items()})


def lines(figure: Figure) -> list[tuple[str, list[float], list[float]]]:
    (axes,) = figure.axes
    return [(str(line.get_label()), *np.asarray(line.get_data()).tolist()) for line in axes.get_lines()]


def test_the_numbers_of_caffes_charts() -> None:
    assert list(map(str, CHARTS)) == [
        *("Test accuracy vs. Iters", "Test accuracy vs. Seconds", "Test loss vs. Iters", "Test loss vs. Seconds"),
        *("Train learning rate vs. Iters", "Train learning rate vs. Seconds"),
        *("Train loss vs. Iters", "Train loss vs. Seconds"),
    ]


@pytest.mark.parametrize(
    ("number", "positions", "values"),
    [
        *((0, [0, 10], [0, 0.75]), (1, [0.5, 2.5], [0, 0.75]), (2, [0, 10], [0, 3]), (3, [0.5, 2.5], [0, 3])),
        *((4, [0, 10], [0.1, 0.01]), (5, [0.5, 2.5], [0.1, 0.01]), (6, [0, 10], [9, 6]), (7, [0.5, 2.5], [9, 6])),
    ],
)
def test_each_chart_shows_its_numbers(number: int, positions: list[float], values: list[float]) -> None:
    figure = _figure(CHARTS[number], [log(accuracy=0.75, loss=3)])
    assert lines(figure) == [("a.log", positions, values)]
    (axes,) = figure.axes
    assert str(CHARTS[number]) in (axes.get_title(), axes.get_title(loc="left"))
    assert f"{axes.get_ylabel()} vs. {axes.get_xlabel()}" == str(CHARTS[number])


def test_logs_have_colours_and_their_outputs_dashes() -> None:
    figure = _figure(CHARTS[0], [log("a.log", top1=0.5, top5=0.75), log("b.log", top1=0.25)])
    assert [label for label, _, _ in lines(figure)] == ["a.log: top1", "a.log: top5", "b.log"]
    first, second, third = figure.axes[0].get_lines()
    assert first.get_color() == second.get_color() != third.get_color()
    assert first.get_linestyle() == third.get_linestyle() != second.get_linestyle()


def test_many_points_have_no_marks() -> None:
    many = Curve(list(range(101)), [1.0] * 101, [1.0] * 101)
    (line,) = _figure(CHARTS[6], [RunLog("a.log", {"smoothed_loss": many})]).axes[0].get_lines()
    assert line.get_marker() == ""


def test_a_log_that_does_not_say_it_is_named(tmp_path: Path) -> None:
    silent = tmp_path / "silent.log"
    text = (GOLDEN / "train.log").read_text()
    silent.write_text("".join(line for line in text.splitlines(True) if "acc =" not in line))
    with pytest.raises(UsageError, match=r"silent.log: no test accuracy is logged"):
        draw_chart(CHARTS[1], [GOLDEN / "train.log", silent], tmp_path / "out.png")


def test_a_picture_is_written(tmp_path: Path) -> None:
    draw_chart(CHARTS[3], [GOLDEN / "train.log", GOLDEN / "resume.log"], tmp_path / "out.svg")
    assert "<svg" in (tmp_path / "out.svg").read_text()
