"""Which of the workers a process is, as torchrun tells it in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netdef.errors import UsageError

NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


@dataclass(frozen=True)
class Place:
    """A process is ``rank`` of ``count`` over all machines, and ``local_rank`` of ``local_count`` on its own."""

    rank: int
    count: int
    local_rank: int
    local_count: int


def place_in(environment: Mapping[str, str]) -> Place | None:
    """Return the place that the variables RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE tell; None without RANK.

    Who sets only the first two runs one worker a machine.

    Raises: UsageError if they contradict one another.
    """
    if "RANK" not in environment:
        return None
    rank, count = _number(environment, "RANK"), _number(environment, "WORLD_SIZE")
    local_rank, local_count = _number(environment, "LOCAL_RANK", 0), _number(environment, "LOCAL_WORLD_SIZE", 1)
    for name, number, limit in (("RANK", rank, count), ("LOCAL_RANK", local_rank, local_count)):
        if number >= limit:
            raise UsageError(
                f"{name} is {number}, but there are {limit} workers, counted from 0\n"
                f"    torchrun sets {', '.join(NAMES)}: start the workers by it, or unset RANK to train alone"
            )
    return Place(rank, count, local_rank, local_count)


def _number(environment: Mapping[str, str], name: str, default: int | None = None) -> int:
    text = environment.get(name, "" if default is None else str(default))
    if not text.isdigit():
        found = f'"{text}", must be a number' if text else "not set, but RANK is"
        raise UsageError(f"{name} is {found}\n    torchrun sets it; unset RANK to train alone")
    return int(text)
