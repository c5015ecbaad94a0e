"""How fast several workers train together."""

from __future__ import annotations

from time import monotonic

from netdef.cli.journal import Journal
from netdef.cli.log import LOGGER
from netdef.solver.events import Event, Finished, SnapshotDue, TestStarted, Trained
from netdef.solver.workers import Workers


class Throughput:
    """Logs, where there are several workers, how many they are, their batch together, and their images a second.

    The time of tests and snapshots does not count.
    """

    def __init__(self, workers: Workers, journal: Journal) -> None:
        self.workers = workers
        self.journal = journal
        self.batch = 0
        self.images = 0
        self.seconds = 0.0
        self.mark: float | None = None  # when the last iteration ended, unless something came since

    def take(self, event: Event) -> None:
        """Count an event."""
        match event:
            case Trained():
                self._trained(event.images)
            case TestStarted() | SnapshotDue():
                self.mark = None
            case Finished():
                self._tell_speed()

    def _trained(self, images: int) -> None:
        now = monotonic()
        if self.mark is not None:
            self.images += images
            self.seconds += now - self.mark
        self.mark = now
        if not self.batch:
            self.batch = images
            self._tell_size()

    def _tell_size(self) -> None:
        if self.workers.count > 1:
            LOGGER.info("%d workers train on %d images an iteration", self.workers.count, self.batch)
            self.journal.write("workers", workers=self.workers.count, images_per_iteration=self.batch)

    def _tell_speed(self) -> None:
        if self.workers.count > 1 and self.seconds:
            speed = self.images / self.seconds
            LOGGER.info("%d workers: %.1f images/s over all", self.workers.count, speed)
            self.journal.write("speed", workers=self.workers.count, images_per_second=round(speed, 1))
