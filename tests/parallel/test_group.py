from __future__ import annotations

from time import monotonic

import pytest
import torch

from netdef.errors import WorkerError
from netdef.parallel.group import joined
from netdef.parallel.place import Place
from netdef.solver.request import Request
from tests.parallel.groups import PATIENCE, address, group_of_one


def test_a_group_of_one_has_what_it_has() -> None:
    tensor = torch.tensor([2.0, 3.0])
    with group_of_one() as group:
        assert (group.rank, group.count, group.leads) == (0, 1, True)
        assert group.totals(0.1, 3) == (0.1, 3)
        assert group.gather({"a": 1}) == [{"a": 1}]
        assert [group.agree(request) for request in Request] == list(Request)
        group.follow([tensor])
    assert tensor.tolist() == [2, 3]
    assert not torch.distributed.is_initialized()


@pytest.mark.parametrize("rank", [0, 1])
def test_workers_that_do_not_come_are_not_waited_for_long(rank: int) -> None:
    words = rf"worker {rank} of 2: the workers did not come together within 1 s: .*\n    are all of them started"
    begin = monotonic()
    with address(), pytest.raises(WorkerError, match=words), joined(Place(rank, 2, 0, 1), 1):
        pass
    assert monotonic() - begin < PATIENCE


def test_who_has_nowhere_to_meet_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.delenv("MASTER_PORT", raising=False)
    with pytest.raises(WorkerError, match="MASTER_ADDR expected"), joined(Place(0, 2, 0, 1), 1):
        pass
