"""Where a coordinate of one top lies in another: what a Crop layer needs to lay two tops over each other.

A map is (axis, a, b): along the spatial axes from ``axis`` on, position x of the one is position a·x + b of the other;
an axis of None means any. Source: coord_map.py of the fully convolutional nets (Long, Shelhamer, Darrell 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.pycaffe.net_spec import Function, Top, layers

Factor = NDArray[np.float64]
Map = tuple[int | None, Factor | float, Factor | float]

SAME: Map = (None, 1.0, 0.0)
PASS_THROUGH_LAYERS = frozenset(
    (
        *("AbsVal", "BatchNorm", "Bias", "BNLL", "Dropout", "Eltwise", "ELU", "Exp", "Log", "LRN", "MVN", "Power"),
        *("PReLU", "ReLU", "Scale", "Sigmoid", "Split", "TanH", "Threshold"),
    )
)
SCALING_LAYERS = frozenset(("Convolution", "Pooling", "Im2col"))
ONE_SIDED = frozenset(f"{option}_{side}" for option in ("pad", "kernel", "stride") for side in "hw")


class UndefinedMapException(UsageError):
    """A layer across which coordinates have no map."""


class AxisMismatchException(UsageError):
    """Maps of different axes."""


class CropError(UsageError, AssertionError):
    """Tops that no Crop layer brings together."""


class DisconnectedError(UsageError, RuntimeError):
    """Tops that no spatial layers connect."""


def conv_params(fn: Function) -> tuple[int, Factor, Factor, Factor]:
    """Return axis, stride, extent of the kernel (dilation included) and pad of a layer with windows.

    Raises: UsageError for options that are given for height and width apart.
    """
    options = fn.params.get("convolution_param", fn.params)
    apart = sorted(ONE_SIDED & (set(fn.params) | set(options)))
    if apart:
        raise UsageError(f"{fn.type_name} gives {', '.join(apart)}: only pad, kernel_size and stride can be followed")
    extent = (_array(options["kernel_size"]) - 1) * _array(options.get("dilation", 1)) + 1
    return options.get("axis", 1), _array(options.get("stride", 1)), extent, _array(options.get("pad", 0))


def crop_params(fn: Function) -> tuple[int, Factor]:
    """Return axis and offsets of a Crop layer."""
    options = fn.params.get("crop_param", fn.params)
    return options.get("axis", 2), _array(options.get("offset", 0))


def _array(values: Any) -> Factor:
    return np.array(values, np.float64, ndmin=1)


def coord_map(fn: Function) -> Map:
    """Return the map of a layer, from its bottom to its top.

    Raises: UndefinedMapException.
    """
    if fn.type_name in SCALING_LAYERS:
        axis, stride, extent, pad = conv_params(fn)
        return axis, 1 / stride, (pad - (extent - 1) / 2) / stride
    if fn.type_name == "Deconvolution":
        axis, stride, extent, pad = conv_params(fn)
        return axis, stride, (extent - 1) / 2 - pad
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        return axis - 1, 1.0, -offset  # Crop counts from the axis that it crops, the others from the one before
    if fn.type_name in PASS_THROUGH_LAYERS:
        return SAME
    raise UndefinedMapException(f"coordinates have no map across a layer of type {fn.type_name}")


def compose(base_map: Map, next_map: Map) -> Map:
    """Return the map that does ``next_map`` first and ``base_map`` then.

    Raises: AxisMismatchException.
    """
    (base_axis, a, b), (next_axis, c, d) = base_map, next_map
    if base_axis is not None and next_axis is not None and base_axis != next_axis:
        raise AxisMismatchException(f"maps of axes from {base_axis} and from {next_axis} on cannot follow one another")
    return (next_axis if base_axis is None else base_axis), a * c, a * d + b


def inverse(coord_map: Map) -> Map:
    """Return the map back."""
    axis, a, b = coord_map
    return axis, 1 / a, -b / a


def coord_map_from_to(top_from: Top, top_to: Top) -> Map:
    """Return the map between two tops, by way of a blob that both come from.

    Raises: RuntimeError if spatial layers connect them nowhere; AxisMismatchException.
    """
    from_maps = dict(_maps_below(top_from))
    for blob, to_map in _maps_below(top_to):
        if blob in from_maps:
            return compose(to_map, inverse(from_maps[blob]))
    raise DisconnectedError("no map between the tops: no spatial layers lead from both to one blob")


def _maps_below(top: Top) -> Iterator[tuple[Top, Map]]:
    """Go through the blobs that a top comes from, itself first, each with the map up to the top."""
    seen: set[Top] = set()
    frontier: list[tuple[Top, Map]] = [(top, SAME)]
    while frontier:
        blob, found = frontier.pop(0)
        yield blob, found
        bottoms = [bottom for bottom in _spatial_bottoms(blob.fn) if bottom not in seen]
        seen.update(bottoms)
        with suppress(UndefinedMapException):  # what lies below it no map leads to
            frontier += [(bottom, compose(found, coord_map(blob.fn))) for bottom in bottoms]


def _spatial_bottoms(fn: Function) -> tuple[Top, ...]:
    """Return the bottoms whose coordinates the top has: of Crop only the first."""
    return fn.inputs[:1] if fn.type_name == "Crop" else fn.inputs


def crop(top_from: Top, top_to: Top) -> Top:
    """Return a Crop layer that cuts out of ``top_from`` what lies over ``top_to``.

    Raises: AssertionError if one is scaled or shifted by parts of a step, or lies outside the other.
    """
    axis, a, b = coord_map_from_to(top_from, top_to)
    scale, offset = np.atleast_1d(a), np.atleast_1d(b)
    if axis is None:
        raise CropError("the tops lie over each other already")
    if (scale != 1).any():
        raise CropError(f"cannot crop: one top is scaled by {scale}")
    if (offset > 0).any():
        raise CropError(f"cannot crop by negative offsets, {-offset}")
    if (np.round(offset) != offset).any():
        raise CropError(f"cannot crop by parts of a step, {-offset}")
    offsets = [int(-step) for step in offset]
    cropped: Top = layers.Crop(top_from, top_to, crop_param={"axis": axis + 1, "offset": offsets})
    return cropped
