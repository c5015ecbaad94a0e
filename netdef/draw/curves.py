"""The course of one or several runs as a picture: loss, scores on the test data, learning rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netdef.draw.panels import draw_loss, draw_rate, draw_scores, has_loss, has_rate, has_scores
from netdef.draw.picture import WIDTH, write_figure
from netdef.draw.run_log import RunLog, read_run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Panel = tuple[Callable[[RunLog], bool], Callable[["Axes", Sequence[RunLog]], None], float]
PANELS: tuple[Panel, ...] = (  # when there is one, what it shows, its height as a share of the others'
    (has_loss, draw_loss, 1.0),
    (has_scores, draw_scores, 1.0),
    (has_rate, draw_rate, 0.5),
)
PANEL_HEIGHT = 3.0  # inches


def draw_curves(runs: Sequence[Path], out: Path) -> None:
    """Draw the logs of run folders into one picture, of the format that the ending of ``out`` names.

    Raises: UsageError if a log cannot be read or holds nothing, or as ``write_figure``.
    """
    logs = [read_run(run) for run in runs]
    write_figure(lambda: _figure(logs), out)


def _figure(logs: Sequence[RunLog]) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.ticker import StrMethodFormatter

    panels = [panel for panel in PANELS if any(map(panel[0], logs))]
    heights = [height for _, _, height in panels]
    figure = Figure(figsize=(WIDTH, 0.6 + PANEL_HEIGHT * sum(heights)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for panel, (_, draw, _) in zip(axes, panels, strict=True):
        draw(panel, logs)
    axes[-1].set_xlabel("iteration")
    axes[-1].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if len(logs) == 1:
        figure.suptitle(logs[0].name, fontsize=13, fontweight="bold", x=0.01, ha="left")
    return figure
