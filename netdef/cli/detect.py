"""Say what windows of images show, with a trained net."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from time import perf_counter

from netdef.cli.image_net import add_net_flags, net_options
from netdef.errors import DataError, UsageError
from netdef.pycaffe.detector import Detection, Detector

CORNERS = ("ymin", "xmin", "ymax", "xmax")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("input_file", help="windows: a .csv file with the columns filename, ymin, xmin, ymax, xmax")
    parser.add_argument("output_file", help="where the predictions go: a .csv file with a column more for each class")
    add_net_flags(parser)
    parser.add_argument(
        "--crop-mode", choices=("list", "selective_search"), default="list", help="where windows come from"
    )
    parser.add_argument("--context-pad", type=int, default=16, help="pixels of context around a window (default: 16)")


def run(arguments: argparse.Namespace) -> int:
    """Classify all windows and save the predictions."""
    detector = Detector(
        arguments.model_def,
        arguments.pretrained_model,
        context_pad=arguments.context_pad,
        **net_options(arguments),
    )
    if arguments.crop_mode == "selective_search":
        detector.detect_selective_search([])
    start = perf_counter()
    found = detector.detect_windows(list(_windows(Path(arguments.input_file))))
    print(f"Processed {len(found)} windows in {perf_counter() - start:.2f} s.")
    _save(Path(arguments.output_file), found)
    return 0


def _windows(path: Path) -> Iterator[tuple[str, list[list[float]]]]:
    """Go through the images of a list, each with its windows.

    Raises: DataError if the file cannot be read or is no such list.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [(row["filename"], [float(row[corner]) for corner in CORNERS]) for row in csv.DictReader(file)]
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: must have the columns filename, {', '.join(CORNERS)}: {error}") from error
    for name, group in groupby(rows, key=lambda row: row[0]):
        yield name, [window for _, window in group]


def _save(path: Path, found: Sequence[Detection]) -> None:
    classes = len(found[0]["prediction"]) if found else 0
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["filename", *CORNERS, *(f"class{number}" for number in range(classes))])
            for one in found:
                table.writerow([one["filename"], *one["window"], *one["prediction"]])
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    print(f"Saved in {path}.")
