from __future__ import annotations

import pytest
from torch import Tensor

from netdef.solver.events import Trained
from tests.solver.runs import ArrayBatches, solver


def test_an_iteration_tells_how_long_it_waited_for_its_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("netdef.solver.loop.perf_counter", lambda: clock[0])

    def late(given: int, tensors: dict[str, Tensor]) -> None:
        clock[0] += 2.0**given

    events = list(solver("iter_size: 2 max_iter: 2", batches=ArrayBatches(change=late)).step(2))
    assert [event.waited for event in events if isinstance(event, Trained)] == [1 + 2, 4 + 8]
