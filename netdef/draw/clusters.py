"""The frames around boxes: named groups, devices, and blocks of layers whose names begin alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from netdef.draw.diagram import Box
from netdef.draw.summary import devices

LEAST_IN_BLOCK = 3


@dataclass(frozen=True)
class Frame:
    """The title of a frame, in lines, and its colour, if it has one."""

    title: tuple[str, ...] = ()
    color: str = ""


@dataclass
class Cluster:
    """A frame, the boxes that stand in it and the frames inside; the outermost is not drawn."""

    frame: Frame = Frame()
    boxes: list[Box] = field(default_factory=list)
    inner: dict[Frame, Cluster] = field(default_factory=dict)


def clusters(boxes: Sequence[Box]) -> Cluster:
    """Sort boxes into frames: by group, in it by device, in it by the part of the name before the first slash."""
    framing = _Framing(boxes)
    root = Cluster()
    for box in boxes:
        cluster = root
        for frame in framing.frames(box):
            cluster = cluster.inner.setdefault(frame, Cluster(frame))
        cluster.boxes.append(box)
    return root


class _Framing:
    """Which frames a box stands in, outermost first."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.devices: dict[str, set[str]] = {}
        for box in boxes:
            self.devices.setdefault(_group(box), set()).add(devices(box.node))
        self.blocks = Counter(map(_block, boxes))

    def frames(self, box: Box) -> Iterator[Frame]:
        group, where = _group(box), _device_words(box)
        together = group and len(self.devices[group]) == 1
        if group:
            title = (group, where) if together and where else (group,)
            yield Frame(title, box.node.attributes.color)
        if where and not together:
            yield Frame((where,))
        block = _block(box)
        if block.prefix and self.blocks[block] >= LEAST_IN_BLOCK:
            yield Frame((block.prefix,))


class _Block(NamedTuple):
    """What the boxes of a block have in common."""

    group: str
    devices: str
    prefix: str


def _block(box: Box) -> _Block:
    prefix, slash, _ = box.node.name.partition("/")
    return _Block(_group(box), devices(box.node), prefix if slash else "")


def _group(box: Box) -> str:
    return box.node.attributes.groups[0] if box.node.attributes.groups else ""


def _device_words(box: Box) -> str:
    """Name the device of a frame; a layer that is split says of itself where it runs."""
    return f"device {devices(box.node)}" if len(box.node.attributes.devices) == 1 else ""
