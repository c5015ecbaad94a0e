"""Lists of calls of compiled kernels that run without the interpreter, a few images at a time."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Array, Structure, addressof, c_int64, c_void_p, cast, sizeof
from typing import NamedTuple

from netdef.kernels.built import kernel

MOST = 5  # addresses of a call, beside that of its options
LONGEST = 256  # bytes of options
COUNTED = ("images", "ranges", "rows")  # what the first option of a kernel counts that can do some images at a time
# Bases: address 0, memory of each thread, memory of all threads, and what else there is.
NOWHERE, ARENA, COMMON, FIRST_FREE = range(4)


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
    _fields_ = [(name, c_int64) for name in ("calls", "images", "at_once", "threads", "arena", "team")]


class CallList:
    """Calls in their order, for so many images, some of them ``at_once``.

    With several ``threads`` each takes images, and has so many bytes of ``arena``; else the ``team`` shares the work of
    each kernel. What is not behind a base must outlive the list.
    """

    def __init__(
        self, calls: Sequence[Noted], images: int, at_once: int, *, threads: int = 1, arena: int = 0, team: int = 1
    ) -> None:
        self._options = [_of_threads(call.options, alone=threads > 1) for call in calls]
        self._calls = (_Call * len(calls))(*map(_laid_out, calls, self._options))
        self._list = _List(len(calls), images, at_once, threads, arena, team)

    def run(self, bases: Array[c_int64]) -> None:
        """Do all calls, counted from such bases.

        Raises: MemoryError.
        """
        call = kernel("replay", 3)
        assert call is not None, "kernels are not built"
        call(addressof(self._list), addressof(self._calls), addressof(bases))


def can_be_listed(options: Structure, addresses: int) -> bool:
    """Tell whether a kernel with such options and so many addresses can stand in a list."""
    return options._fields_[0][0] in COUNTED and sizeof(options) <= LONGEST and addresses <= MOST


def bases_of(addresses: Sequence[int]) -> Array[c_int64]:
    """Return bases for lists."""
    return (c_int64 * len(addresses))(*addresses)


def _of_threads(options: Structure, *, alone: bool) -> Structure:
    """Return options as they are, or for a kernel that works in one thread."""
    own = type(options).from_buffer_copy(options)
    if alone:
        own.threads = 1
    return own


def _laid_out(call: Noted, options: Structure) -> _Call:
    function = kernel(call.name, 1 + len(call.addresses))
    address = cast(function, c_void_p).value  # type: ignore[arg-type]
    at = (_Address * MOST)(*(_Address(*each) for each in call.addresses))
    return _Call(address, addressof(options), sizeof(options), call.ranges, len(call.addresses), at)


def ranges_of(options: Structure, images: int) -> int:
    """Return how many ranges each image has: the first option counts all of them, or images."""
    name, *_ = options._fields_[0]
    ranges: int = getattr(options, name) // images
    return ranges
