"""How fast a run trains: its share of waiting for data, and of several workers also what they give each other."""

from __future__ import annotations

from time import monotonic

from netdef.cli.journal import Journal
from netdef.cli.log import LOGGER
from netdef.draw.words import in_bytes
from netdef.solver.events import Event, Finished, SnapshotDue, TestStarted, Trained
from netdef.solver.replica import Replica
from netdef.solver.workers import Workers


class Throughput:
    """Logs how long training waited for data, in iterations that are displayed and at the end.

    Where there are several workers, it tells too how many they are and how fast together.

    Logs too how many bytes come to each of them in an iteration. Tests and snapshots count for nothing, nor does the
    first iteration after the start or after one of these.
    """

    def __init__(self, workers: Workers, replica: Replica, journal: Journal) -> None:
        self.workers = workers
        self.replica = replica
        self.journal = journal
        self.iterations = 0
        self.received = 0
        self.batch = 0
        self.images = 0
        self.seconds = 0.0
        self.waited = 0.0
        self.told = (0.0, 0.0)  # seconds and waited, when they were last displayed
        self.mark: float | None = None  # when the last iteration ended, unless something came since

    def take(self, event: Event) -> None:
        """Count an event."""
        match event:
            case Trained():
                self._trained(event)
            case TestStarted() | SnapshotDue():
                self.mark = None
            case Finished():
                self._tell_waiting()
                self._tell_speed()
                self._tell_bytes()

    def _trained(self, event: Trained) -> None:
        now = monotonic()
        if self.mark is not None:
            self.images += event.images
            self.waited += event.waited
            self.seconds += now - self.mark
        self.mark = now
        self.iterations += 1
        self.received = self.replica.received
        if not self.batch:
            self.batch = event.images
            self._tell_size()
        if event.displayed:
            self._display_waiting()

    def _tell_size(self) -> None:
        if self.workers.count > 1:
            LOGGER.info("%d workers train on %d images an iteration", self.workers.count, self.batch)
            self.journal.write("workers", workers=self.workers.count, images_per_iteration=self.batch)

    def _display_waiting(self) -> None:
        seconds, waited = self.seconds - self.told[0], self.waited - self.told[1]
        if seconds:
            LOGGER.info("    Waited for data %.1f%% of the time", 100 * waited / seconds)
            self.told = (self.seconds, self.waited)

    def _tell_waiting(self) -> None:
        if self.seconds:
            share = self.waited / self.seconds
            LOGGER.info("Waited for data %.1f%% of the time (%.1f of %.1f s)", 100 * share, self.waited, self.seconds)
            self.journal.write("data", waited=round(self.waited, 3), trained=round(self.seconds, 3))

    def _tell_speed(self) -> None:
        if self.workers.count > 1 and self.seconds:
            speed = self.images / self.seconds
            LOGGER.info("%d workers: %.1f images/s over all", self.workers.count, speed)
            self.journal.write("speed", workers=self.workers.count, images_per_second=round(speed, 1))

    def _tell_bytes(self) -> None:
        gradients = self.replica.gradient_bytes
        blobs = self.received // max(self.iterations, 1)
        if gradients or blobs:
            words = "%s come to each worker in an iteration: %s of gradients (in a ring), %s of blobs"
            LOGGER.info(words, in_bytes(gradients + blobs), in_bytes(gradients), in_bytes(blobs))
            self.journal.write("bytes", gradients_per_iteration=gradients, blobs_per_iteration=blobs)
