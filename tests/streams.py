"""Streams of a GPU that is not there, which write down what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest
import torch


class Named(Protocol):
    name: str


def replace_streams(
    monkeypatch: pytest.MonkeyPatch,
    written: list[str],
    side: Callable[[torch.device], Named],
    main: Callable[[torch.device], Named],
) -> None:
    """Have torch make ``side`` streams, take each device's ``main`` one for its current, and write when one begins."""

    @contextmanager
    def within(stream: Named) -> Iterator[None]:
        written.append(f"begin {stream.name}")
        yield
        written.append(f"end {stream.name}")

    monkeypatch.setattr(torch.cuda, "Stream", side)
    monkeypatch.setattr(torch.cuda, "current_stream", main)
    monkeypatch.setattr(torch.cuda, "stream", within)
