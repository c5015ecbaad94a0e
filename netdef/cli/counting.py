"""How many of a known number of things are done: a bar on a terminal, Caffe's log lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from netdef.cli.log import LOGGER, TerminalHandler, logging_to

Count = Callable[[int, int], None]
"""Called with the number of things done and that of all."""


@contextmanager
def counting(what: str, every: int) -> Iterator[Count]:
    """Yield a function to call with the number done and the number of all, while the block runs.

    Where standard error is no terminal, every so many things there is a line ``Processed 1000 files.``, as in Caffe.
    """
    console = Console(file=sys.stderr)
    if console.is_terminal:
        with _bar(what, console) as count:
            yield count
        return
    with logging_to(TerminalHandler()):
        yield _line_counter(every)


@contextmanager
def _bar(what: str, console: Console) -> Iterator[Count]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _line_counter(every: int) -> Count:
    def count(done: int, total: int) -> None:
        if done % every == 0 or done == total:
            LOGGER.info("Processed %d files.", done)

    return count
