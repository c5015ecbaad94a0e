"""Tensors that lie in pieces, each on its own device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.layers.channels import Range


@dataclass(frozen=True)
class Pieces:
    """One tensor in one or several pieces: ranges of it that follow each other, or copies of the whole (range None)."""

    tensors: tuple[Tensor, ...]
    ranges: tuple[Range | None, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all of it."""
        shape, own = list(self.tensors[0].shape), self.ranges[0]
        if own is not None:
            shape[own.axis] = sum(tensor.shape[own.axis] for tensor in self.tensors)
        return tuple(shape)

    def whole(self) -> Tensor:
        """Return all of it, cut off from autograd, on the device of its first piece."""
        first, *others = (tensor.detach() for tensor in self.tensors)
        own = self.ranges[0]
        if own is None:
            return first
        return torch.cat([first, *(tensor.to(first.device) for tensor in others)], own.axis)

    def single(self) -> Tensor:
        """Return the tensor itself if there is but one, else a copy of all of it."""
        return self.whole() if len(self.tensors) > 1 else self.tensors[0]

    @property
    def gradient(self) -> Tensor | None:
        """The gradient of all of it, zeros where only some pieces have one; None where none has."""
        if all(tensor.grad is None for tensor in self.tensors):
            return None
        gradients = (torch.zeros_like(tensor) if tensor.grad is None else tensor.grad for tensor in self.tensors)
        return self.like(tuple(gradients)).whole()

    @torch.no_grad()
    def fill(self, whole: Tensor) -> None:
        """Write all of it, from a tensor on any device and of any type and memory layout."""
        for tensor, own in zip(self.tensors, self.ranges, strict=True):
            tensor.copy_(narrowed(whole, own))

    def like(self, tensors: Sequence[Tensor]) -> Pieces:
        """Return other tensors that lie as these do, say a solver's history of a parameter."""
        return Pieces(tuple(tensors), self.ranges)


def narrowed(tensor: Tensor, taken: Range | None, start: int = 0) -> Tensor:
    """Return a view of what is taken of a tensor whose first place is ``start``."""
    return tensor if taken is None else tensor.narrow(taken.axis, taken.start - start, len(taken))
