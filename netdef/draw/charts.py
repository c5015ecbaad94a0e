"""Caffe's eight charts: one thing, of one or several logs, by iterations or by seconds.

Source: plot_training_log.py, whose numbers the charts have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from netdef.draw.panels import COLORS, DASHES
from netdef.draw.picture import WIDTH, write_figure
from netdef.draw.run_log import Curve, RunLog, read_run
from netdef.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 5.0  # inches
MANY_POINTS = 100  # of more, each needs no mark of its own


class Chart(NamedTuple):
    """What a chart shows, by what, and where it finds that."""

    what: str
    axis: str
    curves: Callable[[RunLog], Mapping[str, Curve]]

    def __str__(self) -> str:
        return f"{self.what} vs. {self.axis}"


def _column(name: str, log: RunLog) -> Mapping[str, Curve]:
    return {name: log.training[name]} if name in log.training else {}


FIELDS: dict[str, Callable[[RunLog], Mapping[str, Curve]]] = {
    "Test accuracy": RunLog.scores,
    "Test loss": RunLog.losses,
    "Train learning rate": partial(_column, "lr"),
    "Train loss": partial(_column, "smoothed_loss"),
}
ITERATIONS, SECONDS = "Iters", "Seconds"
CHARTS = tuple(Chart(what, axis, curves) for what, curves in FIELDS.items() for axis in (ITERATIONS, SECONDS))


def draw_chart(chart: Chart, runs: Sequence[Path], out: Path) -> None:
    """Draw a chart of the logs of runs, in the format that the ending of ``out`` names.

    Raises: UsageError if a log cannot be read or does not say what the chart shows, or as ``write_figure``.
    """
    logs = [read_run(run) for run in runs]
    if silent := [log.name for log in logs if not chart.curves(log)]:
        raise UsageError(f"{', '.join(silent)}: no {chart.what.lower()} is logged")
    write_figure(lambda: _figure(chart, logs), out)


def _figure(chart: Chart, logs: Sequence[RunLog]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.subplots()
    for log, color in zip(logs, COLORS * len(logs), strict=False):
        _draw(axes, chart, log, color)
    axes.set(title=str(chart), xlabel=chart.axis, ylabel=chart.what)
    axes.legend()
    return figure


def _draw(axes: Axes, chart: Chart, log: RunLog, color: str) -> None:
    curves = chart.curves(log)
    for (name, curve), dash in zip(curves.items(), DASHES * len(curves), strict=False):
        positions: Sequence[float] = curve.seconds if chart.axis == SECONDS else curve.iterations
        mark = "." if len(positions) <= MANY_POINTS else ""
        label = f"{log.name}: {name}" if len(curves) > 1 else log.name
        axes.plot(positions, curve.values, color=color, linestyle=dash, marker=mark, linewidth=1.2, label=label)
