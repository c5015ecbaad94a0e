"""Work whose results for the backward pass are not kept, but computed again when it comes to them."""

from __future__ import annotations

from collections.abc import Callable

from torch.utils.checkpoint import checkpoint

Work = Callable[[], None]


def run_now_and_again(now: Work, again: Work) -> None:
    """Do some work now, and ``again``, which must do the same, when autograd asks for what it would have kept.

    ``again`` must hold nothing that comes of the work, or neither would ever be freed.
    """
    works = [again, now]

    def work() -> None:
        (works.pop() if len(works) > 1 else works[0])()

    # Draws have keys: there is no generator whose state would have to be brought back.
    checkpoint(work, use_reentrant=False, preserve_rng_state=False)
