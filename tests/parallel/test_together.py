from __future__ import annotations

import pytest

from netdef.errors import DataError, NetdefError, SharedError
from netdef.parallel.together import together
from netdef.solver.workers import ALONE, Workers
from tests.parallel.threads import in_threads


def outcome(worker: Workers, error: str) -> str:
    """What a worker has of a step that fails in it, if there is an error."""

    def step() -> str:
        if error:
            raise DataError(error)
        return f"done {worker.rank}"

    try:
        return together(worker, step)
    except SharedError as shared:
        return str(shared)


def test_a_step_that_all_come_through_gives_each_its_own() -> None:
    assert in_threads(3, lambda worker: outcome(worker, "")) == ["done 0", "done 1", "done 2"]


def test_an_error_of_one_is_known_to_all() -> None:
    told = in_threads(3, lambda worker: outcome(worker, "it is torn" if worker.rank == 2 else ""))
    assert told == ["worker 2: it is torn"] * 3


def test_an_error_of_all_is_told_as_one() -> None:
    assert in_threads(2, lambda worker: outcome(worker, "no such file")) == ["no such file"] * 2


def test_different_errors_are_told_with_who_has_them() -> None:
    told = in_threads(3, lambda worker: outcome(worker, "torn" if worker.rank else "not there"))
    assert told == ["worker 0: not there\nworker 1, 2: torn"] * 3


def test_a_process_alone_has_its_own_error() -> None:
    def step() -> None:
        raise DataError("torn")

    with pytest.raises(NetdefError, match="torn") as caught:
        together(ALONE, step)
    assert type(caught.value) is DataError
