"""Where arrows touch boxes: at the strips of the devices, if a layer has parts."""

from __future__ import annotations

from collections.abc import Callable

from netdef.draw.diagram import Box

# For each way of the data: the side at which it leaves a box, and that at which it enters the next.
SIDES = {"TB": ("s", "n"), "BT": ("n", "s"), "LR": ("e", "w"), "RL": ("w", "e")}


def box_id(box: Box) -> str:
    """Return the name of a box in Graphviz's language."""
    return f"layer{box.position}"


def is_split(box: Box) -> bool:
    """Tell whether a box has strips."""
    return len(box.parts) > 1


def in_port(index: int) -> str:
    """Return the name of the strip at which a part's bottoms enter."""
    return f"in{index}"


def out_port(index: int) -> str:
    """Return the name of the strip at which a part's tops leave."""
    return f"out{index}"


def exit_of(box: Box, device: str, rankdir: str) -> str:
    """Return where what a device made leaves a box."""
    return _place(box, device, out_port, SIDES[rankdir][0])


def entry(box: Box, device: str, rankdir: str) -> str:
    """Return where what a device reads enters a box."""
    return _place(box, device, in_port, SIDES[rankdir][1])


def _place(box: Box, device: str, port: Callable[[int], str], side: str) -> str:
    """Return a strip of a box; all of the box where there is none, as where phases are placed in different ways."""
    devices = [part.device for part in box.parts]
    if not is_split(box) or device not in devices:
        return box_id(box)
    return f"{box_id(box)}:{port(devices.index(device))}:{side}"
