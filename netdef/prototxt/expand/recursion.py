"""Blocks that would use themselves for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from netdef.errors import Problem
from netdef.prototxt.expand.forms import Block, Body, Repeat, Use

MOST_REPORTED = 10


def recursions(blocks: Mapping[str, Block]) -> Iterator[Problem]:
    """Go through the circles of blocks, each at a use that closes it."""
    uses = {name: {use.block: use for use in uses_in(block.body)} for name, block in blocks.items()}
    for _ in range(MOST_REPORTED):
        circle = _circle({name: used.keys() & blocks.keys() for name, used in uses.items()})
        if not circle:
            return
        closing = uses[circle[-2]].pop(circle[-1])
        evidence = " uses ".join(f'"{name}"' for name in circle)
        message = f'block "{closing.block}" uses itself, and would have no end'
        yield Problem(message, closing.source.place, evidence=(evidence,))


def uses_in(body: Body) -> Iterable[Use]:
    """Go through the uses in a body, and in the repeats in it."""
    for item in body:
        if isinstance(item, Use):
            yield item
        elif isinstance(item, Repeat):
            yield from uses_in(item.body)


def _circle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names of one circle, the first also as the last; empty if there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]  # graphlib lists each name before those that use it
        return circle
    return []
