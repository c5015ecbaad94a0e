from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch

from netdef.layers.functions.kernel import Kernel, compiler_is_there

NAME = "netdef.layers.functions.kernel"


def double(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


def test_a_formula_is_compiled_once_when_it_first_runs() -> None:
    compiled: list[str] = []

    def compiler(formula: Callable[..., Any]) -> Callable[..., Any]:
        compiled.append(formula.__name__)
        return lambda x: formula(x) + 1

    kernel = Kernel(double, compiler)
    assert compiled == []
    assert [float(kernel(torch.tensor(3.0))) for _ in range(2)] == [7, 7]
    assert compiled == ["double"]


def test_a_formula_that_cannot_be_compiled_runs_as_it_is_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    def compiler(formula: Callable[..., Any]) -> Callable[..., Any]:
        raise RuntimeError("no such machine\nin many words")

    kernel = Kernel(double, compiler)
    with caplog.at_level(logging.WARNING, NAME):
        assert [float(kernel(torch.tensor(3.0))) for _ in range(2)] == [6, 6]
    assert caplog.messages == ["no kernel could be made of double, which runs as it is: no such machine"]


def test_an_error_of_the_formula_itself_is_raised() -> None:
    kernel = Kernel(double, lambda formula: formula)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        Kernel(lambda x, y: x @ y, lambda formula: formula)(torch.ones(2, 3), torch.ones(2, 3))
    assert float(kernel(torch.tensor(1.0))) == 2


def test_want_of_memory_is_no_fault_of_the_compiler() -> None:
    def full(x: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("full")

    with pytest.raises(torch.OutOfMemoryError):
        Kernel(full, lambda formula: formula)(torch.ones(1))


def test_a_machine_without_triton_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    compiler_is_there.cache_clear()
    with caplog.at_level(logging.WARNING, NAME):
        assert [compiler_is_there() for _ in range(2)] == [False, False]
    compiler_is_there.cache_clear()
    assert caplog.messages == [
        "LRN runs in several passes over memory, for want of triton: the numbers are the same",
    ]
