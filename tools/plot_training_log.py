#!/usr/bin/env python3
"""Caffe's `plot_training_log.py`: the same as `netdef plot --chart`."""

import argparse
import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main
from netdef.draw.charts import CHARTS

parser = argparse.ArgumentParser(
    description="Draw a chart of training logs.",
    epilog="\n".join(["chart types:", *(f"  {number}: {chart}" for number, chart in enumerate(CHARTS))]),
    formatter_class=argparse.RawDescriptionHelpFormatter,
)
parser.add_argument("chart_type", type=int, choices=range(len(CHARTS)), help="what it shows")
parser.add_argument("picture", help="file to write, e.g. save.png")
parser.add_argument("logs", nargs="+", metavar="log", help="a text log, or a run folder")
words = parser.parse_args()
sys.exit(main(["plot", "--chart", str(words.chart_type), "-o", words.picture, *words.logs]))
