from __future__ import annotations

import torch

from netdef.solver.request import Request
from netdef.solver.workers import ALONE


def test_a_process_alone_has_what_it_has() -> None:
    tensor = torch.tensor([2.0])
    ALONE.follow([tensor])
    assert tensor.item() == 2
    assert (ALONE.rank, ALONE.count, ALONE.leads) == (0, 1, True)
    assert ALONE.totals(0.1, 3) == (0.1, 3)
    assert ALONE.gather("own") == ["own"]
    assert [ALONE.agree(request) for request in Request] == list(Request)
