"""Calls of compiled kernels with tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import Structure, addressof
from threading import local
from typing import Protocol

import torch
from torch import Tensor

from netdef.kernels.built import kernel


class Notes(Protocol):
    """Takes down which kernels are called, and with what, and which numbers are looked at."""

    def note(self, name: str, task: Structure, tensors: Sequence[Tensor | None]) -> None:
        """Take down a call; the last of the tensors is written."""

    def look(self, check: Callable[..., None], *tensors: Tensor) -> None:
        """Have a look at numbers."""


class _Own(local):
    notes: Notes | None = None


_own = _Own()


def run(name: str, task: Structure, *tensors: Tensor | None) -> None:
    """Call a kernel with a struct and the numbers of tensors."""
    call = kernel(name, 1 + len(tensors))
    assert call is not None, "kernels are not built"
    call(addressof(task), *(None if tensor is None else tensor.data_ptr() for tensor in tensors))
    if _own.notes is not None:
        _own.notes.note(name, task, tensors)


def look(check: Callable[..., None], *tensors: Tensor) -> None:
    """Have a look at numbers, which raises an error if something is wrong with them."""
    if _own.notes is None:
        check(*tensors)
    else:
        _own.notes.look(check, *tensors)


def are_noted() -> bool:
    """Tell whether the calls of this thread are taken down."""
    return _own.notes is not None


@contextmanager
def noted(notes: Notes) -> Iterator[None]:
    """Have the calls of this thread taken down."""
    _own.notes = notes
    try:
        yield
    finally:
        _own.notes = None


def threads_for(work: int, worth: int) -> int:
    """Return how many threads work: all where another one has so much to do that it is ``worth`` to awake, or one.

    libgomp ends threads that the next task has no use for, and to start them again takes longer than most tasks.
    """
    return torch.get_num_threads() if work >= 2 * worth else 1
