"""Lists of calls of compiled kernels that run without the interpreter, a few images at a time."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Array, Structure, addressof, c_int64, c_void_p, cast, sizeof
from typing import NamedTuple

from netdef.kernels.built import kernel

MOST = 5  # addresses of a call, beside that of its options
NOWHERE, ARENA, FIRST_FREE = 0, 1, 2  # bases: address 0, memory of the list's own, and what else there is


class Address(NamedTuple):
    """So many bytes behind a base (behind ``NOWHERE`` all of the address), and from one image to the next."""

    base: int
    offset: int
    image: int = 0


class Noted(NamedTuple):
    """A call: of which kernel, on which numbers; the first option counts images, or as many ``ranges`` of each."""

    name: str
    options: Structure
    ranges: int
    addresses: Sequence[Address]


class _Address(Structure):
    _fields_ = [(name, c_int64) for name in Address._fields]


class _Call(Structure):
    _fields_ = [
        *((name, c_int64) for name in ("kernel", "options", "size", "ranges", "count")),
        ("at", _Address * MOST),
    ]


class _List(Structure):
    _fields_ = [(name, c_int64) for name in ("calls", "images", "at_once")]


class CallList:
    """Calls in their order, for so many images, some of them ``at_once``.

    Options, and what is not behind a base, must outlive it.
    """

    def __init__(self, calls: Sequence[Noted], images: int, at_once: int) -> None:
        self._calls = (_Call * len(calls))(*map(_laid_out, calls))
        self._list = _List(len(calls), images, at_once)

    def run(self, bases: Array[c_int64]) -> None:
        """Do all calls, counted from such bases.

        Raises: MemoryError.
        """
        call = kernel("replay", 3)
        assert call is not None, "kernels are not built"
        call(addressof(self._list), addressof(self._calls), addressof(bases))


def bases_of(addresses: Sequence[int]) -> Array[c_int64]:
    """Return bases for lists."""
    return (c_int64 * len(addresses))(*addresses)


def _laid_out(call: Noted) -> _Call:
    function = kernel(call.name, 1 + len(call.addresses))
    address = cast(function, c_void_p).value  # type: ignore[arg-type]
    at = (_Address * MOST)(*(_Address(*each) for each in call.addresses))
    return _Call(address, addressof(call.options), sizeof(call.options), call.ranges, len(call.addresses), at)


def ranges_of(options: Structure, images: int) -> int:
    """Return how many ranges each image has: the first option counts all of them, or images."""
    name, *_ = options._fields_[0]
    ranges: int = getattr(options, name) // images
    return ranges
