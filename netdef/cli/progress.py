"""How far a run is, on a terminal: iteration, loss, accuracy, images a second, time left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from netdef.solver.events import Event, Tested, TestProgress, TestStarted, Trained

SMOOTHING = 0.9  # how much of the last speed stays in the next


class RunProgress:
    """A bar that follows the events of a run."""

    def __init__(self, progress: Progress, first: int, last: int) -> None:
        self.progress = progress
        self.task = progress.add_task("train", total=last, completed=first, figures="")
        self.test = progress.add_task("test", total=1, visible=False, figures="")
        self.loss = self.scores = ""
        self.rate = 0.0
        self.images = 0
        self.shown_at = monotonic()

    @property
    def shown(self) -> bool:
        """Whether there is a terminal to show it on."""
        return not self.progress.disable

    def take(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Trained():
                self._trained(event)
            case TestStarted():
                self.progress.reset(self.test, total=event.batches, visible=True)
            case TestProgress():
                self.progress.update(self.test, completed=event.done)
            case Tested():
                singles = {name: values.item() for name, values in event.outputs.items() if values.size == 1}
                self.scores = "  ".join(f"test {name} {value:.4g}" for name, value in singles.items())
                self.progress.update(self.test, visible=False)
                self.shown_at, self.images = monotonic(), 0

    def _trained(self, event: Trained) -> None:
        self.images += event.images
        self.loss = f"loss {event.smoothed:.4g}"
        now = monotonic()
        if now - self.shown_at > 0.5:
            rate = self.images / (now - self.shown_at)
            self.rate = SMOOTHING * self.rate + (1 - SMOOTHING) * rate if self.rate else rate
            self.shown_at, self.images = now, 0
        speed = f"{self.rate:,.0f} images/s" if self.rate else ""
        figures = "  ".join(part for part in (self.loss, self.scores, speed) if part)
        self.progress.update(self.task, completed=event.iteration + 1, figures=figures)


@contextmanager
def run_progress(first: int, last: int, *, shown: bool = True) -> Iterator[RunProgress]:
    """Show a bar while the block runs, where standard error is a terminal; lines printed meanwhile go above it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, disable=not (shown and console.is_terminal)) as progress:
        yield RunProgress(progress, first, last)
