"""Logical devices, which a net's file names, and the real ones that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdef.errors import DeviceError
from netdef.graph.graph import Graph

FIRST = "0"


def logical_devices(graph: Graph) -> list[str]:
    """Return the logical devices of a net: numbers in order, then names as they come; without any the first, "0"."""
    named = dict.fromkeys(device for node in graph.nodes for device in node.attributes.devices)
    numbers = sorted((device for device in named if device.isdecimal()), key=int)
    return [*numbers, *(device for device in named if not device.isdecimal())] or [FIRST]


def real_devices(graph: Graph, real: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return which of the real devices each logical one is: the i-th, modulo their number.

    Those that are ``known`` from another phase of the net are the same in this one, and come first.

    Raises: DeviceError if there are more real devices than logical ones, so that some would stand idle.
    """
    logical = list(dict.fromkeys([*(known or {}), *logical_devices(graph)]))
    if len(real) > len(logical):
        listed = ", ".join(logical)
        raise DeviceError(
            f'{len(real)} devices are given ({", ".join(real)}), but net "{graph.name}" is spread over {len(logical)}'
            f" ({listed}): name at most so many, or give more layers a `device`"
        )
    return {name: real[index % len(real)] for index, name in enumerate(logical)} | dict(known or {})
