"""The loss of a net: the sum of its losses, by their weights."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from netdef.graph.plan import Loss
from netdef.module.values import Values


def total_loss(losses: Iterable[Loss], values: Values, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return Σ weight · (sum of the top's numbers), 0 without losses, on the ``device`` on which the tops lie.

    No gradient begins at tops that only count. It is a float32 where ``dtype``, the net's, is narrower: a 16-bit number
    would swallow small losses beside large ones.
    """
    wide = dtype if dtype.itemsize >= torch.float32.itemsize else torch.float32
    terms = [_term(values.read(loss.taken), loss, wide) for loss in losses]
    if not terms:
        return torch.zeros((), device=device, dtype=wide)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _term(top: Tensor, loss: Loss, dtype: torch.dtype) -> Tensor:
    number = (top.sum() if top.dim() else top).to(dtype)
    if loss.only_counts:
        number = number.detach()
    return number if loss.weight == 1 else loss.weight * number
