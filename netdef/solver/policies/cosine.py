"""Cosine: half a wave down from base_lr to min_lr, once or again and again."""

from __future__ import annotations

import math

from netdef.schema import netdef_pb2 as schema


def cosine(solver: schema.SolverParameter, iteration: int) -> float:
    """Return (1 + cos(π · (i mod stepsize) / stepsize)) / 2, or without a stepsize one wave over max_iter.

    Source: Loshchilov and Hutter, SGDR (2017), equation 5.
    """
    if solver.stepsize:
        return _half_wave(iteration % solver.stepsize / solver.stepsize)
    return _half_wave(min(1.0, iteration / solver.max_iter))


def _half_wave(part: float) -> float:
    return (1 + math.cos(math.pi * part)) / 2
