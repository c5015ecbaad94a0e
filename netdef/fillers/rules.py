"""Which fillers there are, and what each demands of its options and of the blob's shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.suggest import did_you_mean

Lengths = Sequence[int | None]
"""A blob's shape, where a length not known yet is None."""


def check(filler: schema.FillerParameter, shape: Lengths) -> None:
    """Check that a filler can fill a blob of this shape; what is not known yet passes.

    Raises: OptionError, its path counted from the filler's message.
    """
    if filler.type not in _DEMANDS:
        raise _unknown(filler.type)
    if filler.sparse != -1 and filler.type != "gaussian":
        raise OptionError(f'sparse is for filler "gaussian", not "{filler.type}"', path=("sparse",))
    _DEMANDS[filler.type](filler, shape)


def _unknown(found: str) -> OptionError:
    hint = f"{did_you_mean(found.lower(), _DEMANDS)} known: {', '.join(sorted(_DEMANDS))}"
    return OptionError(f'unknown filler "{found}"', path=("type",), hint=hint.lstrip())


def _anything(filler: schema.FillerParameter, shape: Lengths) -> None:
    pass


def _an_axis(filler: schema.FillerParameter, shape: Lengths) -> None:
    if not shape:
        raise OptionError(
            f'filler "{filler.type}" needs a blob of at least one axis, this one has none', path=("type",)
        )


def _ordered_bounds(filler: schema.FillerParameter, shape: Lengths) -> None:
    if not filler.min <= filler.max:
        raise OptionError(f"min is {filler.min:g}, must not be above max, {filler.max:g}", path=("min",))


def _spread_and_sparsity(filler: schema.FillerParameter, shape: Lengths) -> None:
    if not filler.std > 0:
        raise OptionError(
            f"std is {filler.std:g}, must be positive", path=("std",), hint='filler "constant" gives equal values'
        )
    if filler.sparse == -1:
        return
    _an_axis(filler, shape)
    outputs = shape[0]
    if filler.sparse < 0 or (outputs is not None and filler.sparse > outputs):
        most = "the blob's first length" if outputs is None else f"{outputs}, the blob's first length"
        raise OptionError(f"sparse is {filler.sparse}, must be from 0 to {most}, or -1 for none", path=("sparse",))


def _square_planes(filler: schema.FillerParameter, shape: Lengths) -> None:
    if len(shape) != 4:
        raise OptionError(f'filler "bilinear" needs a blob of 4 axes, this one has {len(shape)}', path=("type",))
    *_, height, width = shape
    if height is not None and width is not None and height != width:
        raise OptionError(f'filler "bilinear" needs square planes, these are {height}×{width}', path=("type",))


_DEMANDS: dict[str, Callable[[schema.FillerParameter, Lengths], None]] = {
    "constant": _anything,
    "uniform": _ordered_bounds,
    "gaussian": _spread_and_sparsity,
    "positive_unitball": _an_axis,
    "xavier": _an_axis,
    "msra": _an_axis,
    "bilinear": _square_planes,
}
