"""What a forward pass gives, and the ways in which one may be run: in 16-bit floats, compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

from netdef.module.layer_module import LayerModule


@dataclass(frozen=True)
class Pass:
    """What one forward pass gives: the net's outputs, sorted by name, then the kept blobs; and the weighted loss."""

    blobs: dict[str, Tensor]
    loss: Tensor

    def detached(self) -> Pass:
        """Return the same numbers, of which no gradient can be asked."""
        return Pass({name: tensor.detach() for name, tensor in self.blobs.items()}, self.loss.detach())


torch.export.register_dataclass(Pass, serialized_type_name="netdef.Pass")


class Run(Protocol):
    """A forward pass: see ``Net.forward``. An iteration that is a tensor may change where nothing else does."""

    def __call__(  # noqa: D102
        self, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int | Tensor, keep: Iterable[str], /
    ) -> Pass: ...


class Way(Protocol):
    """Does what a run does, in a way of its own."""

    def __call__(  # noqa: D102
        self,
        run: Run,
        inputs: Mapping[str, Tensor],
        rows: Tensor | None,
        iteration: int | Tensor,
        keep: Iterable[str],
        /,
    ) -> Pass: ...


class Runs(Protocol):
    """A net, as far as it can be told in which ways to run; the last one is the outermost."""

    ways: tuple[Way, ...]
    device: torch.device
    steps: list[LayerModule]


def along(ways: Sequence[Way], run: Run) -> Run:
    """Return a run in all of these ways."""
    for way in ways:
        run = partial(way, run)
    return run
