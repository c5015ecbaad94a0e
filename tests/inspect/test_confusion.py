from __future__ import annotations

import torch

from netdef.inspect.confusion import accuracy_lines, confusion_lines, matrix
from netdef.inspect.tally import Tally


def tally(classes: int, *pairs: tuple[int, int]) -> Tally:
    """Places of a class each that the net takes for another."""
    made = Tally(classes)
    labels, said = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T
    made.add(torch.nn.functional.one_hot(said, classes).float(), labels)
    return made


def test_few_classes_are_all_shown() -> None:
    found = tally(3, *[(0, 0)] * 11, (0, 2), (1, 0))
    assert list(accuracy_lines(found)) == [
        "Top-1 accuracy: 0.8462 (11 of 13), error 0.1538",
        "Accuracy of each class:",
        "    class 0: 0.9167 (11 of 12)",
        "    class 1: 0.0000 (0 of 1)",
    ]
    assert matrix(found) == [[11, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert list(confusion_lines(found))[1:] == [
        "        0  1  2",
        "     0 11  0  1",
        "     1  1  0  0",
        "     2  0  0  0",
    ]


def test_of_many_classes_the_worst_are_shown() -> None:
    right = [(number, number) for number in range(5, 25)]
    found = tally(25, *right, (4, 9), (4, 9), (7, 1), *[(3, 3)] * 3)
    lines = list(accuracy_lines(found))
    assert lines[0].startswith("Top-1 accuracy: 0.8846 (23 of 26)")
    assert lines[1].startswith("Top-5 accuracy: ")
    assert lines[2:5] == [
        "Accuracy of the 10 worst classes:",
        "    class 4: 0.0000 (0 of 2)",
        "    class 7: 0.5000 (1 of 2)",
    ]
    assert len(lines) == 13
    assert list(confusion_lines(found)) == [
        "Most frequent mistakes:",
        "    class 4 taken for 9: 2×",
        "    class 7 taken for 1: 1×",
    ]


def test_no_mistakes_among_many_classes() -> None:
    assert list(confusion_lines(tally(25, (3, 3)))) == ["No mistakes."]
