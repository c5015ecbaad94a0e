from __future__ import annotations

import pytest
import torch

from netdef.layers.functions import constant as module
from netdef.layers.functions.constant import constant, is_kept

VALUES = ((1, 2, 3), (4, 5, 6))


def test_a_constant_is_as_its_neighbour() -> None:
    for dtype in (torch.float32, torch.float64, torch.int64):
        made = constant(VALUES, torch.ones(7, dtype=dtype))
        assert made.dtype == dtype
        assert made.tolist() == [list(row) for row in VALUES]


def test_on_a_cpu_nothing_is_kept() -> None:
    like = torch.ones(1)
    assert not is_kept(like)
    assert constant(VALUES, like) is not constant(VALUES, like)


def test_a_constant_that_is_kept_serves_passes_with_and_without_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_kept", lambda like: True)
    like = torch.ones(1, 3, dtype=torch.float64)
    with torch.inference_mode():
        first = constant((0.5, 0.25, 7.0), like)
    assert constant((0.5, 0.25, 7.0), like) is first
    assert constant((0.5, 0.25, 7.0), like.float()) is not first
    learned = torch.ones(3, dtype=torch.float64, requires_grad=True)
    (learned * first).sum().backward()  # type: ignore[no-untyped-call]
    assert learned.grad is not None
    assert learned.grad.tolist() == [0.5, 0.25, 7.0]
