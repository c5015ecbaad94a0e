"""Which classes a net takes for which, as text."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.inspect.tally import Tally

MOST_CLASSES = 20  # as many columns as a terminal has room for
MOST_LINES = 10


def accuracy_lines(tally: Tally) -> Iterator[str]:
    """Yield how often the net is right, then for each class or, of many, for the worst."""
    for rank, share in tally.accuracy.items():
        counted = f"{round(share * tally.places)} of {tally.places}"
        yield f"Top-{rank} accuracy: {share:.4f} ({counted}), error {1 - share:.4f}"
    rows = [(right / count, number, right, count) for number, (right, count) in enumerate(tally.by_class) if count]
    few = tally.classes <= MOST_CLASSES
    yield "Accuracy of each class:" if few else f"Accuracy of the {min(MOST_LINES, len(rows))} worst classes:"
    for share, number, right, count in rows if few else sorted(rows)[:MOST_LINES]:
        yield f"    class {number}: {share:.4f} ({right} of {count})"


def confusion_lines(tally: Tally) -> Iterator[str]:
    """Yield the confusion matrix, a row for each label and a column for each answer, or the most frequent mistakes."""
    if tally.classes <= MOST_CLASSES:
        yield "Confusion (a row for each class, a column for what the net says):"
        yield from _matrix(tally)
        return
    wrong = [confusion for confusion in tally.confusions if confusion.label != confusion.said]
    yield "Most frequent mistakes:" if wrong else "No mistakes."
    for label, said, count in sorted(wrong, key=lambda confusion: -confusion.times)[:MOST_LINES]:
        yield f"    class {label} taken for {said}: {count}×"


def matrix(tally: Tally) -> list[list[int]]:
    """Return the confusion matrix: how many places of the class of the row the net takes for that of the column."""
    table = [[0] * tally.classes for _ in range(tally.classes)]
    for label, said, count in tally.confusions:
        table[label][said] = count
    return table


def _matrix(tally: Tally) -> Iterator[str]:
    rows = [["", *map(str, range(tally.classes))]]
    rows += [[str(label), *map(str, row)] for label, row in enumerate(matrix(tally))]
    width = max(len(word) for row in rows for word in row)
    for row in rows:
        yield "    " + " ".join(word.rjust(width) for word in row)
