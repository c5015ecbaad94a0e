from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.parallel.place import Place, place_in

TORCHRUN = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4"}


def test_torchruns_variables_are_read() -> None:
    assert place_in(TORCHRUN) == Place(5, 8, 1, 4)


def test_without_a_rank_a_process_is_alone() -> None:
    assert place_in({"WORLD_SIZE": "8"}) is None


def test_rank_and_number_alone_mean_one_worker_a_machine() -> None:
    assert place_in({"RANK": "1", "WORLD_SIZE": "2"}) == Place(1, 2, 0, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"RANK": "8"}, "RANK is 8, but there are 8 workers, counted from 0\n    torchrun sets RANK, WORLD_SIZE"),
        ({"LOCAL_RANK": "4"}, "LOCAL_RANK is 4, but there are 4 workers"),
        ({"WORLD_SIZE": "many"}, 'WORLD_SIZE is "many", must be a number\n    torchrun sets it'),
        ({"WORLD_SIZE": ""}, "WORLD_SIZE is not set, but RANK is"),
        ({"RANK": "-1"}, 'RANK is "-1", must be a number'),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        place_in({**TORCHRUN, **change})
