"""A calmer course of a noisy curve."""

from __future__ import annotations

from statistics import fmean

from netdef.draw.run_log import Curve

SHARE = 30  # a mean takes in one of so many points to each side


def smoothed(curve: Curve) -> Curve:
    """Return the mean of the points around each point, of those there are at the ends."""
    reach = len(curve.values) // SHARE
    windows = (curve.values[max(0, at - reach) : at + reach + 1] for at in range(len(curve.values)))
    return Curve(list(curve.iterations), list(map(fmean, windows)), list(curve.seconds))
