"""Errors that may only follow from others: ``num_output is 0`` where ``num_outptu: 4`` could not be read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

from netdef.errors import Place, Problem, Severity
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded

LAYER = 2  # the length of a path to a layer: ("layer", 0)
OPTIONS = 3  # the length of a path to a layer's options: ("layer", 0, "convolution_param")


def without_consequences(problems: Iterable[Problem], loaded: Loaded[schema.NetParameter]) -> Iterator[Problem]:
    """Leave out problems of a whole layer, or block of options, where its type, or what it holds, could not be read."""
    doubtful = set(_doubtful_blocks(loaded))
    return (problem for problem in problems if problem.place is None or problem.place not in doubtful)


def _doubtful_blocks(loaded: Loaded[schema.NetParameter]) -> Iterator[Place]:
    """Go through the beginnings of blocks that hold what could not be read.

    That has no path, but what stands right before it has: the field read last, or the block itself.
    """
    places = loaded.bound.places
    known = ((place.trail, path[:OPTIONS]) for path, place in places.items() if len(path) >= LAYER)
    paths = sorted(known, key=itemgetter(0))
    spots = [spot for spot, _ in paths]
    for problem in loaded.problems:
        if problem.place is None or problem.severity is not Severity.ERROR:
            continue
        before = bisect_right(spots, problem.place.trail) - 1
        block = paths[before][1] if before >= 0 else ()
        if ": type is " in problem.message:
            block = block[:LAYER]
        if block and block in places and (len(block) == LAYER or str(block[-1]) in problem.message):
            yield places[block]
