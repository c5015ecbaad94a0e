"""The entries of a log as tables: one row an iteration, as Caffe's parse_log.py makes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import nan

from netdef.draw.log_entries import Entry, TrainEntry

ITERATION, SECONDS, RATE = "NumIters", "Seconds", "LearningRate"

Row = dict[str, float]


@dataclass
class LogTable:
    """Rows by iteration, rising."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Add a row, or to the last one what another test net says of the same iteration.

        Rows behind its iteration fall away, since a resumed run has gone back before them.
        """
        while self.rows and self.rows[-1][ITERATION] > row[ITERATION]:
            self.rows.pop()
        if self.rows and self.rows[-1][ITERATION] == row[ITERATION]:
            self.rows[-1] |= row
        else:
            self.rows.append(row)

    def csv(self, delimiter: str) -> str:
        """Return a line of columns and a line for each row; a value that a row lacks is empty."""
        text = io.StringIO()
        columns = dict.fromkeys(name for row in self.rows for name in row)
        writer = csv.DictWriter(text, list(columns), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()


def tables(entries: Iterable[Entry]) -> tuple[LogTable, LogTable]:
    """Return the table of training and that of tests; an entry without a rate has the one before it, or else after."""
    entries = list(entries)
    train, test = LogTable(), LogTable()
    rate = next((entry.lr for entry in entries if isinstance(entry, TrainEntry) and entry.lr is not None), nan)
    for entry in entries:
        outputs = dict(_columns(entry))
        if isinstance(entry, TrainEntry) and entry.lr is not None:
            rate = entry.lr
        table = train if isinstance(entry, TrainEntry) else test
        table.add({ITERATION: entry.iteration, SECONDS: entry.seconds, RATE: rate, **outputs})
    return train, test


def _columns(entry: Entry) -> Iterator[tuple[str, float]]:
    """Go through the elements of the outputs, each with its column."""
    for output, values in entry.outputs.items():
        name = output if isinstance(entry, TrainEntry) else entry.name_of(output)
        for number, value in enumerate(values):
            yield name if len(values) == 1 else f"{name}[{number}]", value
