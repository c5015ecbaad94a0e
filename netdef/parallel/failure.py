"""How the workers of a run end together when one of them cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep

from torch import distributed as dist

from netdef.errors import NetdefError, SharedError
from netdef.memory import telling_of_shortage
from netdef.parallel.group import Group
from netdef.parallel.launch import WAY_ON

KEY = "netdef/failure"
GRACE = 1.0  # seconds
SIGNS = ("closed by peer", "reset by peer", "timed out", "gloo", "nccl", "broken pipe", "connection")


def ending_together(group: Group, work: Callable[[], int | None], tell: Callable[[str], object]) -> int:
    """Do a worker's work and return its exit code; what ends it early is told by one of the workers, once."""
    try:
        with telling_of_shortage():
            return work() or 0
    except SharedError as error:
        if group.leads:
            tell(str(error))
        group.gather(None)  # whoever ends first is the others' end: nobody does before it is told
    except NetdefError as error:
        _tell_once(group, str(error), tell, patience=0)
    except RuntimeError as error:
        if not _lost(error):
            raise
        _tell_once(group, _explain(error), tell, patience=GRACE)
    return 1


def _tell_once(group: Group, message: str, tell: Callable[[str], object], patience: float) -> None:
    """Tell of an error unless another worker was first.

    The first worker has precedence over those that have the same error; and who lost a worker waits for its last word.
    """
    sleep(patience + (GRACE if group.rank else 0))
    own = f"worker {group.rank}: {message}"
    try:
        told = group.store.compare_set(KEY, "", own).decode()
    except (RuntimeError, dist.DistError):  # the store is gone, with the worker that kept it
        told = own
    if told == own:
        tell(own)


def _lost(error: RuntimeError) -> bool:
    text = str(error).lower()
    return isinstance(error, dist.DistError) or any(sign in text for sign in SIGNS)


def _explain(error: RuntimeError) -> str:
    return f"another worker is gone or does not answer ({str(error).splitlines()[0]}){WAY_ON}"
