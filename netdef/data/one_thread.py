"""Work of torch's that its other threads would only hold up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute in the calling thread alone.

    Threads that decode keep all cores busy. Of short operators each then waits longer for its second thread to get a
    turn than that one saves.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
