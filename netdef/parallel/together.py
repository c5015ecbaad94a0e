"""Steps that all workers must come through before any goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from netdef.errors import NetdefError, SharedError
from netdef.solver.workers import Workers

T = TypeVar("T")


def together(workers: Workers, step: Callable[[], T]) -> T:
    """Do something that may fail, which nobody may wait in for another worker, and return what came of it.

    Raises: SharedError in all workers if it failed in any, with the errors of those; a process alone has its own error.
    """
    if workers.count == 1:
        return step()
    done: list[T] = []
    error = ""
    try:
        done.append(step())
    except NetdefError as failure:
        error = str(failure)
    errors = workers.gather(error)
    if any(errors):
        raise SharedError(_tell(errors))
    return done[0]


def _tell(errors: list[str]) -> str:
    """Put the errors together: one that all have is told once, others with the workers that have them."""
    if len(set(errors)) == 1:
        return errors[0]
    ranks = {error: [str(rank) for rank, own in enumerate(errors) if own == error] for error in errors if error}
    return "\n".join(f"worker {', '.join(who)}: {error}" for error, who in ranks.items())
