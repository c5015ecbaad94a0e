"""The course of one or several runs as a picture: loss, scores on the test data, learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from netdef.draw.run_log import Curve, RunLog, read_run
from netdef.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Paul Tol's "bright" scheme: lines that the colour-blind can tell apart.
COLORS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": "#333333",
    "axes.grid": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "legend.frameon": False,
    "font.size": 10,
    "svg.fonttype": "none",
}
WIDTH, PANEL_HEIGHT, DPI = 9.0, 2.7, 150
LOG_RATIO = 20  # a loss that falls by more is easier to follow on a logarithmic axis
