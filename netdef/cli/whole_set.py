"""What ``netdef test --whole-set`` tells beside the means of the outputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netdef.cli.log import LOGGER
from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.inspect.confusion import accuracy_lines, confusion_lines
from netdef.inspect.confusion_picture import draw_confusion
from netdef.inspect.judgement import Judgement
from netdef.inspect.sheet import draw_sheet


def judge(graph: Graph, *, needed: bool) -> Judgement | None:
    """Return what is to judge a net, None if it has no Accuracy layer.

    Raises: UsageError if it has none and one is ``needed``.
    """
    try:
        return Judgement(graph)
    except UsageError as error:
        if needed:
            raise
        LOGGER.info("No accuracy, no confusion: %s", error)
        return None


def report(judgement: Judgement) -> Iterator[str]:
    """Yield lines on how often the net is right, what it confuses, and its surest mistakes."""
    yield f"Records: {judgement.records}"
    yield from accuracy_lines(judgement.tally)
    yield from confusion_lines(judgement.tally)
    if judgement.mistakes.surest:
        yield "Surest mistakes:"
    for mistake in judgement.mistakes.surest:
        yield f"    record {mistake.record}: {mistake.label} taken for {mistake.said} ({mistake.confidence:.1%})"


def as_plain(judgement: Judgement) -> dict[str, Any]:
    """Return the same as numbers and lists; of the confusion matrix the entries that are not 0."""
    tally = judgement.tally
    return {
        "records": judgement.records,
        **{f"top_{rank}": share for rank, share in tally.accuracy.items()},
        "classes": [{"right": right, "count": count} for right, count in tally.by_class],
        "confusion": [confusion._asdict() for confusion in tally.confusions],
        "mistakes": [
            {"record": mistake.record, "label": mistake.label, "said": mistake.said, "confidence": mistake.confidence}
            for mistake in judgement.mistakes.surest
        ],
    }


def draw(judgement: Judgement, *, confusion: str, mistakes: str, title: str) -> None:
    """Draw what was asked for: the confusion matrix, and the surest mistakes as pictures.

    Raises: UsageError, DataError if a picture cannot be drawn or written.
    """
    if confusion:
        draw_confusion(judgement.tally, Path(confusion), title=title)
        LOGGER.info("Confusion matrix: %s", confusion)
    if mistakes:
        _draw_mistakes(judgement, mistakes, title)


def _draw_mistakes(judgement: Judgement, path: str, title: str) -> None:
    predictions = judgement.mistakes.predictions()
    if predictions is None:
        LOGGER.info("%s is not drawn: there are no mistakes, or the records are no pictures.", path)
        return
    line = f"The surest mistakes among {judgement.records:,} records"
    draw_sheet(predictions, path, title=title, line=line, columns=5, rows=4)
    LOGGER.info("Surest mistakes: %s", path)
