"""Draw the training curves of one or several runs: loss, scores on the test data, learning rate."""

from __future__ import annotations

import argparse
from pathlib import Path

from netdef.draw.charts import CHARTS, draw_chart
from netdef.draw.curves import draw_curves

PICTURE = "curves.png"
NAMES = ", ".join(f"{number} {chart}" for number, chart in enumerate(CHARTS))


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "runs", nargs="+", type=Path, metavar="RUN", help="a run folder, a log.jsonl or a text log, Caffe's too"
    )
    parser.add_argument("--chart", type=int, choices=range(len(CHARTS)), metavar="N", help=f"only one: {NAMES}")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"default: {PICTURE} in the first RUN")


def run(arguments: argparse.Namespace) -> int:
    """Draw the picture and say where it is.

    Raises: UsageError as ``draw_curves`` and ``draw_chart``.
    """
    first = arguments.runs[0]
    out = arguments.output or (first if first.is_dir() else first.parent) / PICTURE
    if arguments.chart is None:
        draw_curves(arguments.runs, out)
    else:
        draw_chart(CHARTS[arguments.chart], arguments.runs, out)
    print(out)
    return 0
