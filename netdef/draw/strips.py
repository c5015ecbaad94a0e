"""The devices of layers: strips on both sides of a box, at which the arrows of a split layer begin and end."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.draw.diagram import Box
from netdef.draw.markup import SMALLER, escaped, row
from netdef.draw.palette import device_color
from netdef.draw.ports import in_port, is_split, out_port
from netdef.draw.words import printable

THIN = 5  # points
PAPER = "#FFFFFF"
LETTER = 5.5  # points that one takes, about
LEAST_WIDTH = 165  # points of a split layer's box: those of one width have straight arrows between them
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="2">{}</TABLE>'


def device_cell(words: str, index: int, attributes: str = "") -> str:
    """Return a cell in the colour of a device that says ``words``, which are markup."""
    text = f'<FONT POINT-SIZE="{SMALLER}" COLOR="{PAPER}">{words}</FONT>'
    return f'<TD BGCOLOR="{device_color(index)}"{attributes}>{text}</TD>'


def between_strips(content: str, box: Box, devices: Sequence[str], rankdir: str) -> str:
    """Return the label of a box: ``content`` between the strips where data enters and those where it leaves."""
    lying = rankdir in ("LR", "RL")
    wide = f' WIDTH="{LEAST_WIDTH}"' if is_split(box) and not lying else ""
    entering, leaving = _entering(box, devices), _leaving(box, devices, "WIDTH" if lying else "HEIGHT")
    if rankdir in ("BT", "RL"):
        entering, leaving = leaving, entering
    count = len(box.parts)
    if lying:
        middle = [f'<TD ROWSPAN="{count}">{content}</TD>', *[""] * (count - 1)]
        rows = [row("".join(cells)) for cells in zip(entering, middle, leaving, strict=True)]
    else:
        rows = [row("".join(entering)), row(f'<TD COLSPAN="{count}"{wide}>{content}</TD>'), row("".join(leaving))]
    return TABLE.format("".join(rows))


def _entering(box: Box, devices: Sequence[str]) -> list[str]:
    """Return the strips that say which channels each device has, as wide as the longest of them."""
    width = round(LETTER * max(len(f"{part.device}  {part.channels}") for part in box.parts))
    return [
        device_cell(
            f"<B>{escaped(printable(part.device))}</B>{f'  {part.channels}' if part.channels else ''}",
            devices.index(part.device),
            f' PORT="{in_port(index)}" WIDTH="{width}"',
        )
        for index, part in enumerate(box.parts)
    ]


def _leaving(box: Box, devices: Sequence[str], thickness: str) -> list[str]:
    return [
        f'<TD PORT="{out_port(index)}" {thickness}="{THIN}" CELLPADDING="0" '
        f'BGCOLOR="{device_color(devices.index(part.device))}"></TD>'
        for index, part in enumerate(box.parts)
    ]
