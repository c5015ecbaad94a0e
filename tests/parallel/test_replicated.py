from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.parallel.runs import (
    BATCH,
    ITERATIONS,
    TEST_BATCH,
    TESTS,
    furthest,
    numbers,
    state,
    weights,
)

CLOSE = 1e-5


@pytest.mark.parametrize("workers", ["of_two", "of_four"])
def test_losses_tests_and_weights_are_those_of_one_process(
    workers: str, of_one: Path, request: pytest.FixtureRequest
) -> None:
    run, one = request.getfixturevalue(workers) / "plain", of_one / "plain"
    assert len(numbers(run)) > 4 * ITERATIONS
    assert np.abs(np.subtract(numbers(run), numbers(one))).max() < CLOSE
    assert furthest(weights(run), weights(one)) < CLOSE
    assert furthest(list(state(run).histories), list(state(one).histories)) < CLOSE
    assert state(run).positions == state(one).positions


def test_positions_count_the_records_of_all_workers(of_two: Path) -> None:
    assert state(of_two / "plain", 20).positions == {
        ("train", "digits"): 20 * BATCH,
        ("test0", "digits"): 2 * TESTS * TEST_BATCH,
    }
