"""``netdef test`` with several views of each image, or several nets: what they say is averaged over the whole set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from netdef.cli.log import LOGGER
from netdef.cli.tested_net import open_tested
from netdef.data.view import TEN, View, views_of
from netdef.errors import UsageError
from netdef.inspect.answers import Answers, answers, averaged
from netdef.inspect.confusion import accuracy_lines, confusion_lines
from netdef.inspect.confusion_picture import draw_confusion
from netdef.inspect.tally import Tally


def add_view_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that ask for several views."""
    crops = parser.add_mutually_exclusive_group()
    crops.add_argument("--ten-crop", action="store_true", help="average over corners, middle and their reflections")
    several = "average over so many windows: 1, 10, or 2·g² in a grid g × g with reflections (50: 5 × 5)"
    crops.add_argument("--crops", type=int, metavar="N", help=several)
    scales = "average over images scaled to these shorter sides, in pixels"
    parser.add_argument("--scales", type=_scales, default=(), metavar="Q,R", help=scales)


def _scales(words: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in words.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} must be whole numbers with commas between: 256,384,512") from None


def asks_for_averages(arguments: argparse.Namespace) -> bool:
    """Tell whether there are several views or nets."""
    several = arguments.ten_crop or arguments.crops is not None or arguments.scales
    return bool(several) or len(arguments.model) > 1


def check_averaging(arguments: argparse.Namespace) -> None:
    """Refuse flags that do not go with averages.

    Raises: UsageError.
    """
    for flag in ("sheet", "mistakes", "iterations"):
        if getattr(arguments, flag):
            raise UsageError(f"--{flag} does not go with averages over views or nets: they are of the whole set")


def measure_averages(arguments: argparse.Namespace, device: torch.device) -> dict[str, Any]:
    """Log what the nets say together, and return it as numbers and lists.

    Raises: UsageError for views that cannot be, or nets that do not go together.
    """
    views = _views(arguments)
    several = [_ask(arguments, device, number, views) for number in range(len(arguments.model))]
    result = averaged(several)
    tally = result.tally()
    for line in _lines(several, result, tally, max(1, len(views))):
        LOGGER.info("%s", line)
    if arguments.confusion:
        draw_confusion(tally, Path(arguments.confusion), title=result.name)
        LOGGER.info("Confusion matrix: %s", arguments.confusion)
    return as_plain(tally, nets=len(several), views=max(1, len(views)))


def _views(arguments: argparse.Namespace) -> tuple[View, ...]:
    """Return the views; none at all means a single one, the data layer's own."""
    crops = TEN if arguments.ten_crop else arguments.crops
    if crops is None and not arguments.scales:
        return ()
    return views_of(1 if crops is None else crops, arguments.scales)


def _ask(arguments: argparse.Namespace, device: torch.device, number: int, views: tuple[View, ...]) -> Answers:
    seen = _counted(max(1, len(views)), "view")
    LOGGER.info("Running %s through the whole set, %s of each record.", arguments.model[number], seen)
    with open_tested(arguments, device, number, once=True, views=views) as evaluation:
        return answers(evaluation)


def _lines(several: list[Answers], result: Answers, tally: Tally, views: int) -> Iterator[str]:
    if len(several) > 1:
        for one in several:
            shares = ", ".join(f"top-{rank} error {1 - share:.4f}" for rank, share in one.tally().accuracy.items())
            yield f"{one.name} alone: {shares}"
    of = f"{_counted(len(several), 'net')}, {_counted(views, 'view')} of each record"
    yield f"Records: {len(result.labels)}; mean probabilities of {of}"
    yield from accuracy_lines(tally)
    yield from confusion_lines(tally)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_plain(tally: Tally, *, nets: int, views: int) -> dict[str, Any]:
    """Return a tally of averaged answers as numbers and lists; of the confusion matrix the entries that are not 0."""
    shares = tally.accuracy
    return {
        "records": tally.places,
        "nets": nets,
        "views": views,
        **{f"top_{rank}": share for rank, share in shares.items()},
        **{f"top_{rank}_error": 1 - share for rank, share in shares.items()},
        "classes": [{"right": right, "count": count} for right, count in tally.by_class],
        "confusion": [confusion._asdict() for confusion in tally.confusions],
    }
