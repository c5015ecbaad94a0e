"""Told to the user where memory runs out: how much was asked for, and what makes a net need less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from netdef.errors import Problem, ShortageError

SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "unable to allocate", "ALLOC_FAILED")
HINT = (
    "`netdef summary --phase TRAIN` tells what a net needs; a smaller batch_size needs less (iter_size makes up for it"
    " in training), and so does layer_group { checkpoint: true }"
)

_ON_CPU = re.compile(r"you tried to allocate (\d+) bytes")
_ON_GPU = re.compile(r"Tried to allocate (.+?)\. GPU (\d+) has a total capacity of (.+?) of which (.+?) is free")
_ARRAY = re.compile(r"Unable to allocate ([\d.]+ \w+)")
_GB, _MB = 1e9, 1e6


@contextmanager
def telling_of_shortage() -> Iterator[None]:
    """Tell of memory that runs out inside.

    Raises: ShortageError instead of what torch, NumPy and Python raise.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not (isinstance(error, MemoryError) or _is_shortage(str(error))):
            raise
        raise ShortageError(str(Problem(_message(str(error)), hint=HINT))) from error


def _is_shortage(text: str) -> bool:
    return any(sign.lower() in text.lower() for sign in SIGNS)


def _message(text: str) -> str:
    if match := _ON_GPU.search(text):
        wanted, gpu, whole, free = match.groups()
        return f"out of memory: {wanted} more asked for on GPU {gpu}, which has {whole}, {free} of them free"
    if match := _ON_CPU.search(text):
        return f"out of memory: {_size(int(match[1]))} more asked for on the CPU"
    if match := _ARRAY.search(text):
        return f"out of memory: {match[1]} more asked for on the CPU"
    return ": ".join(filter(None, ("out of memory", text.partition("\n")[0])))


def _size(count: int) -> str:
    return f"{count / _GB:.1f} GB" if count >= _GB else f"{count / _MB:.1f} MB"
