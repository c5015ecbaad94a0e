"""Inputs for a net that is to be timed: as its sources would feed, without their databases."""

from __future__ import annotations

import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Value
from netdef.layers.shape import count, show


def random_inputs(graph: Graph, batch: int | None, device: torch.device) -> dict[str, Tensor]:
    """Return a tensor for each top of each source: uniform numbers in [0, 1), zeros where there is but one axis.

    Read as a class, each of these numbers is class 0. ``batch`` takes the place of every first axis.
    Raises: UsageError for a top of unknown shape.
    """
    generator = torch.Generator().manual_seed(0)
    tops = (top for node in graph.sources for top in node.tops)
    return {top.name: _filled(input_shape(top, batch), generator).to(device) for top in tops}


def input_shape(top: Value, batch: int | None) -> tuple[int, ...]:
    """Return the shape of an input; ``batch`` takes the place of its first length.

    Raises: UsageError if it is not known.
    """
    if top.shape is None or count(top.shape) is None:
        found = "no shape" if top.shape is None else f"the shape {show(top.shape)}"
        raise UsageError(
            f'{top.producer.place}: layer "{top.producer.name}" ({top.producer.type}): top "{top.name}" has {found},'
            " but random input needs to know it all\n    say what a record looks like: record_shape { dim: … }"
        )
    shape = tuple(length for length in top.shape if length is not None)
    return (batch, *shape[1:]) if batch and shape else shape


def _filled(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator) if len(shape) > 1 else torch.zeros(shape)
