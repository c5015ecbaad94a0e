"""How pictures of curves look, and how they come into files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdef.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "font.size": 10,
}
WIDTH, DPI = 9.0, 150  # inches, dots an inch


def write_figure(make: Callable[[], Figure], out: Path) -> None:
    """Write the figure that ``make`` draws, in the format that the ending of ``out`` names.

    Raises: UsageError if the picture cannot be written or matplotlib is missing.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise UsageError("drawing curves takes matplotlib: pip install netdef[plot]") from error
    with matplotlib.rc_context(STYLE):
        figure = make()
        try:
            figure.savefig(out, dpi=DPI)
        except (OSError, ValueError) as error:
            raise UsageError(f"{out} cannot be written: {error}") from error
