"""One step of long short-term memory."""

from __future__ import annotations

from torch import Tensor


def gated(c: Tensor, gates: Tensor, goes_on: Tensor) -> tuple[Tensor, Tensor]:
    """Return the memory N×H and the output N×H after a step, for the memory before and the gates i, f, o, g, N×4H.

    ``goes_on``, N×1, is 0 where the memory before is another sequence's.
    """
    i, f, o, g = gates.chunk(4, -1)
    c = goes_on * f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c, o.sigmoid() * c.tanh()
