from __future__ import annotations

from collections.abc import Callable

import pytest

from netdef.errors import DataError, SharedError
from netdef.parallel import failure
from netdef.parallel.failure import KEY, ending_together
from tests.parallel.groups import group_of_one


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "GRACE", 0.0)


def failing(error: Exception) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


def told(work: Callable[[], int | None], before: str = "") -> tuple[int, list[str]]:
    """What a worker ends with and tells, another having left word before."""
    words: list[str] = []
    with group_of_one() as group:
        if before:
            group.store.set(KEY, before)
        return ending_together(group, work, words.append), words


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (None, 0), (3, 3)])
def test_work_that_comes_to_its_end_has_its_own_code(code: int | None, ends: int) -> None:
    assert told(lambda: code) == (ends, [])


def test_an_error_is_told_with_whose_it_is() -> None:
    assert told(failing(DataError("record 5 is torn"))) == (1, ["worker 0: record 5 is torn"])


def test_an_error_that_all_know_of_is_told_as_it_is() -> None:
    assert told(failing(SharedError("no such file"))) == (1, ["no such file"])


@pytest.mark.parametrize("error", [DataError("torn"), RuntimeError("Connection closed by peer [127.0.0.1]:123")])
def test_who_comes_second_says_nothing(error: Exception) -> None:
    assert told(failing(error), before="worker 1: record 5 is torn") == (1, [])


def test_a_lost_worker_is_told_of_with_the_way_on() -> None:
    code, (word,) = told(failing(RuntimeError("[gloo/pair.cc:534] Connection closed by peer\nmore")))
    assert code == 1
    assert word.splitlines() == [
        "worker 0: another worker is gone or does not answer ([gloo/pair.cc:534] Connection closed by peer)",
        "    --snapshot latest goes on from the last snapshot, with as many workers as there are",
    ]


def test_memory_that_runs_out_is_told_with_whose_it_is() -> None:
    code, (word,) = told(failing(RuntimeError("CUDA error: out of memory\nCompile with …")))
    assert code == 1
    assert word.splitlines()[0] == "worker 0: out of memory: CUDA error: out of memory"


def test_errors_of_the_program_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes do not match"):
        told(failing(RuntimeError("shapes do not match")))
