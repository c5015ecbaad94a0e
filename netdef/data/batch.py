"""Batches: what the feed hands to the solver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Ordinals = NDArray[np.int64]


class Part(Protocol):
    """What one source layer gives to a batch."""

    ordinals: Ordinals

    def tensors(self, device: torch.device | str, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        """Return the layer's tops by name."""


@runtime_checkable
class SeenInViews(Protocol):
    """A part whose records may be there several times, each time seen in another way."""

    def by_view(self) -> Sequence[Part]:
        """Return a part for each view, with all records in that view."""


class Batch:
    """One batch from each source layer of a net, still on the host and in the records' own type."""

    def __init__(self, parts: dict[str, Part]) -> None:
        self._parts = parts

    @property
    def ordinals(self) -> dict[str, Ordinals]:
        """The ordinals of the rows (int64, N), by layer."""
        return {layer: part.ordinals for layer, part in self._parts.items()}

    def by_view(self) -> list[Batch]:
        """Return a batch for each view of the records, itself alone where no layer has several."""
        if not all(isinstance(part, SeenInViews) for part in self._parts.values()):
            return [self]
        views = {name: part.by_view() for name, part in self._parts.items() if isinstance(part, SeenInViews)}
        return [Batch(dict(zip(views, parts, strict=True))) for parts in zip(*views.values(), strict=True)]

    def tensors(self, device: torch.device | str = "cpu", dtype: torch.dtype | None = None) -> dict[str, torch.Tensor]:
        """Move the batch to ``device`` and return every top by name; images become ``dtype`` (float32) there.

        Labels and rows of files are float32, or float64 where ``dtype`` is: a 16-bit float cannot count the classes.
        """
        import torch

        tops: dict[str, torch.Tensor] = {}
        for part in self._parts.values():
            tops.update(part.tensors(device, dtype or torch.float32))
        return tops


def to_floats(values: NDArray[np.float32], device: torch.device | str, dtype: torch.dtype) -> torch.Tensor:
    """Move labels or rows to ``device``, never to fewer than 32 bits."""
    import torch

    return torch.from_numpy(values).to(device, torch.promote_types(dtype, torch.float32))


def name_tops(names: Sequence[str], *values: torch.Tensor) -> dict[str, torch.Tensor]:
    """Pair the tops that the layer has with its values; the last values may have no top."""
    return dict(zip(names, values, strict=False))
