"""What one pass over a net's layers is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Run:
    """One forward pass: where it computes, what its random draws are keyed by, and what its source layers are fed.

    ``inputs`` are tensors by blob name; a source layer of which nothing is there leaves its blobs as they are.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    seed: int = 0
    iteration: int = 0
    rows: Tensor | None = None
    inputs: Mapping[str, Tensor] = field(default_factory=dict)
