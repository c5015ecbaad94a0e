"""How many of a known number of things are done: a bar on a terminal, Caffe's log lines elsewhere."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from netdef.cli.log import LOGGER, CaffeFormatter, TerminalHandler, logging_to

WARNINGS = logging.getLogger("netdef.data")
Count = Callable[[int, int], None]
"""Called with the number of things done and that of all."""


@contextmanager
def counting(what: str, every: int) -> Iterator[Count]:
    """Yield a function to call with the number done and the number of all, while the block runs.

    Where standard error is no terminal, every so many things there is a line ``Processed 1000 files.``, as in Caffe.
    What the data room warns of is shown in either case.
    """
    console = Console(file=sys.stderr)
    with _bar(what, console) if console.is_terminal else _lines(every) as count, _warnings():
        yield count


@contextmanager
def _bar(what: str, console: Console) -> Iterator[Count]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _lines(every: int) -> Iterator[Count]:
    def count(done: int, total: int) -> None:
        if done % every == 0 or done == total:
            LOGGER.info("Processed %d files.", done)

    with logging_to(TerminalHandler()):
        yield count


@contextmanager
def _warnings() -> Iterator[None]:
    handler = TerminalHandler()
    handler.setFormatter(CaffeFormatter())
    WARNINGS.addHandler(handler)
    try:
        yield
    finally:
        WARNINGS.removeHandler(handler)
