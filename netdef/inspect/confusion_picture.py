"""Which classes a net takes for which, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.inspect.confusion import MOST_CLASSES, matrix
from netdef.inspect.tally import Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 150
DARK = 0.5  # a share from which on numbers are white


def draw_confusion(tally: Tally, path: Path, *, title: str) -> None:
    """Draw the confusion matrix, each row's shares as shades, to a file of the format that its ending names.

    Raises: UsageError if matplotlib is missing or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("drawing a confusion matrix takes matplotlib: pip install netdef[plot]") from error
    counts = np.array(matrix(tally))
    side = min(max(4.0, 0.45 * tally.classes), 12.0)
    figure = Figure(figsize=(side + 1, side + 1), layout="constrained")
    axes = figure.subplots()
    _draw(axes, counts)
    axes.set_title(title, loc="left")
    try:
        figure.savefig(path, dpi=DPI)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {error}") from error


def _draw(axes: Axes, counts: NDArray[np.int64]) -> None:
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("what the net says")
    axes.set_ylabel("class")
    if len(counts) > MOST_CLASSES:
        return
    axes.set_xticks(range(len(counts)))
    axes.set_yticks(range(len(counts)))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            color = "white" if shares[row, column] > DARK else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=8)
