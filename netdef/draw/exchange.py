"""What a placed net copies from device to device, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netdef.draw.measures import total
from netdef.graph.graph import Parameter
from netdef.graph.plan import Content, Copy, Plan
from netdef.graph.ranges import cut
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.channels import Range
from netdef.layers.shape import count


@dataclass(frozen=True)
class Crossing:
    """One copy of a plan: a range (None: all) of a blob or parameter on its way from device to device.

    ``forward`` and ``backward`` are bytes of float32, there and back as a gradient: for one item of the batch, or,
    where not ``per_item``, for a pass of any size, as of parameters that several devices read. None is not known.
    """

    content: Content
    range: Range | None
    source: str
    target: str
    forward: int | None
    backward: int | None
    per_item: bool

    @property
    def name(self) -> str:
        """The blob's name; of a parameter its layer's and its index, ``conv1[0]``."""
        content = self.content
        return f"{content.owner}[{content.index}]" if isinstance(content, Parameter) else content.name


@dataclass(frozen=True)
class Traffic:
    """Bytes there and back."""

    forward: int | None
    backward: int | None


def crossings(plan: Plan, batch: int | None) -> list[Crossing]:
    """Return a plan's copies in the order of its steps; ``batch`` is how many items one pass takes."""
    returned = plan.returned()
    return [_crossing(copy, batch, returns=copy.made in returned) for copy in plan.copies]


def _crossing(copy: Copy, batch: int | None, *, returns: bool) -> Crossing:
    content, taken = copy.taken.piece.content, copy.taken.range
    size, per_item = size_of(content, taken, batch)
    source, target = copy.taken.piece.device, copy.made.device
    return Crossing(content, taken, source, target, size, size if returns else 0, per_item)


def size_of(content: Content, taken: Range | None, batch: int | None) -> tuple[int | None, bool]:
    """Return the bytes, and whether they are those of one item: not so for what does not grow with the batch."""
    of_blob = not isinstance(content, Parameter)
    numbers = None if content.shape is None else count(cut(content.shape, taken))
    if numbers is None or (of_blob and not batch):
        return None, of_blob
    size = FLOAT_BYTES * numbers
    if of_blob and batch and numbers % batch == 0:
        return size // batch, True
    return size, False


def traffic(crossings: Sequence[Crossing], *, per_item: bool) -> Traffic:
    """Return the sums of what crosses for each item, or once a pass."""
    counted = [crossing for crossing in crossings if crossing.per_item == per_item]
    return Traffic(total(crossing.forward for crossing in counted), total(crossing.backward for crossing in counted))
