"""How the workers of one start of a run find one another."""

from __future__ import annotations

from time import monotonic, sleep
from uuid import uuid4

from torch.distributed import Store  # type: ignore[attr-defined]

from netdef.errors import WorkerError

HELLO, ANSWER, HERE = "netdef/hello", "netdef/answer", "netdef/here"
PAUSE = 0.01  # seconds


def meet(store: Store, rank: int, count: int, seconds: float) -> str:
    """Return a word that the workers of this start have in common, and those of no other start.

    torchrun keeps its store when it starts workers anew, and with it the addresses of those that are gone: who takes
    these for the others' waits for ever. So what workers tell one another stands below this word. The first worker
    gives it to all who say hello; what says hello from an earlier start never answers.

    Raises: WorkerError that names who has not come after so many ``seconds``.
    """
    if rank == 0:
        return _receive(store, count, monotonic() + seconds)
    own = uuid4().hex
    store.set(f"{HELLO}/{rank}", own)
    word: str = store.get(f"{ANSWER}/{own}").decode()
    store.set(f"{HERE}/{word}/{rank}", "")
    return word


def _receive(store: Store, count: int, deadline: float) -> str:
    word = uuid4().hex
    answered: set[bytes] = set()
    missing = list(range(1, count))
    while missing:
        if monotonic() > deadline:
            raise WorkerError(f"no word of worker {', '.join(map(str, missing))}")
        for rank in missing:
            if store.check([f"{HELLO}/{rank}"]) and (own := store.get(f"{HELLO}/{rank}")) not in answered:
                store.set(f"{ANSWER}/{own.decode()}", word)
                answered.add(own)
        sleep(PAUSE)
        missing = [rank for rank in missing if not store.check([f"{HERE}/{word}/{rank}"])]
    return word
