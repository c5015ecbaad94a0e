from __future__ import annotations

import numpy as np

from netdef.pycaffe.batches import Gathered, batches


def test_the_last_batch_is_filled_up_with_zeros() -> None:
    found = list(batches({"x": np.arange(1, 11).reshape(5, 2), "y": np.arange(1, 6)}, 3))
    assert [batch["x"].shape for batch in found] == [(3, 2), (3, 2)]
    assert found[1]["y"].tolist() == [4, 5, 0]
    assert found[1]["x"][2].tolist() == [0, 0]


def test_whole_batches_stay_as_they_are() -> None:
    assert [batch["x"].tolist() for batch in batches({"x": np.arange(4)}, 2)] == [[0, 1], [2, 3]]
    assert list(batches({}, 2)) == []


def test_rows_are_gathered_without_those_that_filled_up() -> None:
    gathered, buffer = Gathered(), np.zeros((2, 3))
    for number in range(2):
        buffer[...] = number  # a view of a blob changes with the next pass
        gathered.add({"out": buffer})
    assert gathered.arrays(3)["out"][:, 0].tolist() == [0, 0, 1]


def test_single_numbers_come_one_a_batch() -> None:
    gathered = Gathered()
    for number in range(3):
        gathered.add({"loss": np.array(number)})
    assert gathered.arrays(0)["loss"].tolist() == [0, 1, 2]
