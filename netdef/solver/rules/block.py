"""Cutting a group into blocks that stay in the processor's cache from one pass of a rule to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.solver.rules.group import Group

ELEMENTS_PER_THREAD = 1 << 18

Row = tuple[Tensor, ...]
"""A parameter, its gradient and its histories; or the same piece of each."""


@dataclass(frozen=True)
class Block:
    """Parameters, or pieces of them, with their gradients and histories."""

    parameters: list[Tensor]
    gradients: list[Tensor]
    histories: list[list[Tensor]]


def blocks(group: Group, gradients: list[Tensor]) -> Iterator[Block]:
    """Yield a group with its gradients: on the CPU in blocks of some ELEMENTS_PER_THREAD a thread, else whole.

    A rule goes over its tensors several times, and some need room for as much again: cut into blocks, an update of
    61 million parameters takes half the time and hardly any room.
    """
    if group.device_type != "cpu":
        yield Block(group.parameters, gradients, group.histories)
        return
    limit = ELEMENTS_PER_THREAD * torch.get_num_threads()
    rows: list[Row] = []
    elements = 0
    for row in _cut(zip(group.parameters, gradients, *group.histories, strict=True), limit):
        rows.append(row)
        elements += row[0].numel()
        if elements >= limit:
            yield _block(rows)
            rows, elements = [], 0
    if rows:
        yield _block(rows)


def _cut(rows: Iterable[Row], limit: int) -> Iterator[Row]:
    """Cut large tensors of each row alike, in the order of their memory; where they lie differently they stay whole."""
    for row in rows:
        if row[0].numel() <= limit or len({tensor.stride() for tensor in row}) > 1:
            yield row
        else:
            yield from zip(
                *(torch.split(tensor.as_strided((tensor.numel(),), (1,)), limit) for tensor in row), strict=True
            )


def _block(rows: list[Row]) -> Block:
    parameters, gradients, *histories = ([*column] for column in zip(*rows, strict=True))
    return Block(parameters, gradients, histories)
