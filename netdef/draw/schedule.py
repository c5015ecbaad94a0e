"""The schedule of a pipeline as a picture in the language of Graphviz: a row for each device, time to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz import Digraph

from netdef.draw.dot import FONT
from netdef.draw.markup import SMALL, escaped, name_words, row, small, table
from netdef.draw.palette import FILLS, INK, shaded
from netdef.draw.words import printable
from netdef.graph.schedule import Entry
from netdef.layers.base import Kind

WIDTH, HEIGHT = 900, 26  # points: all of the time, the bar of a device
DIGIT = 7  # points that one takes, with a little room
LIGHT = tuple(FILLS[kind] for kind in Kind if kind not in (Kind.DATA, Kind.METRIC, Kind.OTHER))
DARK = 0.45  # of a colour's light, where a device goes backward
PAPER, WAITING = "#FFFFFF", "#F2F2F2"
LEGEND = "time goes right; number and colour: micro-batch; light: forward; dark: backward; grey: the device waits"
LABEL = {"labelloc": "t", "labeljust": "l", "fontname": FONT, "fontcolor": INK}
NODE = {"shape": "plaintext", "fontname": FONT, "fontcolor": INK, "fontsize": "11"}


def schedule_dot(entries: Sequence[Entry], devices: Sequence[str], name: str) -> str:
    """Return the DOT source of a picture of what each device does when, and how long it waits."""
    source = Digraph(
        graph_attr={"label": f"<{_head(entries, devices, name)}>", **LABEL, "bgcolor": "white", "pad": "0.2"},
        node_attr=NODE,
    )
    end = _end(entries)
    rows = "".join(_device_row(entries, device, end) for device in devices)
    chart = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="0">{rows}</TABLE>'
    source.node("schedule", f"<{chart}>", tooltip=name_words(name))
    return str(source.source)


def idle(entries: Sequence[Entry], devices: Sequence[str]) -> float:
    """Return the share of the time until the last entry stops that the devices wait; 0 without entries."""
    end = _end(entries)
    busy = sum((entry.stop - entry.start) * len(set(entry.devices) & set(devices)) for entry in entries)
    return 1 - busy / (end * len(devices)) if end else 0.0


def _end(entries: Sequence[Entry]) -> int:
    return max((entry.stop for entry in entries), default=0)


def _head(entries: Sequence[Entry], devices: Sequence[str], name: str) -> str:
    stages, micro_batches = ({getattr(entry, what) for entry in entries} for what in ("stage", "micro_batch"))
    sizes = f"{len(stages)} stages, {len(micro_batches)} micro-batches"
    title = f'<FONT POINT-SIZE="16"><B>{escaped(name_words(name))}</B></FONT>'
    lines = [title, small(f"{sizes}: the devices wait {idle(entries, devices):.0%} of the time"), small(LEGEND)]
    return table([row(f'<TD ALIGN="LEFT">{line}</TD>') for line in lines])


def _device_row(entries: Sequence[Entry], device: str, end: int) -> str:
    own = sorted((entry for entry in entries if device in entry.devices), key=lambda entry: entry.start)
    bars = row("".join(_bars(own, end)))
    line = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{bars}</TABLE>'
    name, waits = f"<B>{escaped(printable(device))}</B>", small(f"waits {idle(entries, [device]):.0%}")
    return row(f'<TD ALIGN="RIGHT">{name}</TD><TD>{line}</TD><TD ALIGN="LEFT">{waits}</TD>')


def _bars(entries: Sequence[Entry], end: int) -> Iterator[str]:
    """Go through what a device does, and between that waits."""
    reached = 0
    for entry in entries:
        start, stop = (round(WIDTH * time / end) for time in (entry.start, entry.stop))
        yield _cell(start - reached, WAITING, "")
        yield _bar(entry, stop - start)
        reached = stop
    yield _cell(WIDTH - reached, WAITING, "")


def _bar(entry: Entry, width: int) -> str:
    light = LIGHT[entry.micro_batch % len(LIGHT)]
    fill, ink = (shaded(light, DARK), PAPER) if entry.backward else (light, INK)
    number = str(entry.micro_batch)
    fits = width >= DIGIT * len(number)
    return _cell(width, fill, f'<FONT POINT-SIZE="{SMALL}" COLOR="{ink}">{number}</FONT>' if fits else "")


def _cell(width: int, fill: str, words: str) -> str:
    """Return a cell of just that width, none for a width of 0."""
    if width < 1:
        return ""
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{HEIGHT}" BGCOLOR="{fill}">{words}</TD>'
