"""Which device has what of each layer, for pictures; silent where a net keeps to one device."""

from __future__ import annotations

from dataclasses import dataclass

from netdef.draw.exchange import Traffic, crossings, traffic
from netdef.draw.loads import Load, loads, places
from netdef.draw.measures import Measures
from netdef.draw.strands import Strand, Strands
from netdef.draw.words import channel_words
from netdef.graph.graph import Graph, Node, Value
from netdef.graph.logical import logical_devices
from netdef.graph.place import place
from netdef.graph.plan import Compute, Plan


@dataclass(frozen=True)
class Part:
    """A device and the channels of a layer that it computes; nothing for all of them."""

    device: str
    channels: str = ""


class Layout:
    """The placement of one graph; without anything to tell where one device has all.

    Raises: DefinitionError for layers that cannot be split as the file says.
    """

    def __init__(self, graph: Graph, measures: Measures) -> None:
        self.plan: Plan | None = place(graph) if len(logical_devices(graph)) > 1 else None
        self._measures = measures
        self.places: dict[Node, list[str]] = places(self.plan) if self.plan else {}
        self._strands = Strands(self.plan, measures) if self.plan else None
        self._parts: dict[Node, list[Part]] = {}
        for step in self.plan.computes if self.plan else ():
            self._parts.setdefault(step.node, []).append(_part(step))

    def loads(self) -> list[Load]:
        """Return what each device does, if there are several."""
        return loads(self.plan, self._measures) if self.plan else []

    def traffic(self) -> Traffic:
        """Return what is copied for one item of the batch."""
        copied = crossings(self.plan, self._measures.batch) if self.plan else []
        return traffic(copied, per_item=True)

    def parts(self, node: Node) -> tuple[Part, ...]:
        """Return what each of its devices has of a layer."""
        return tuple(self._parts.get(node, ()))

    def read(self, node: Node, bottom: int) -> tuple[Strand, ...]:
        """Return what a layer reads of one of its bottoms."""
        return self._strands.read(node, bottom) if self._strands else ()

    def given(self, value: Value) -> tuple[Strand, ...]:
        """Return what the net gives away of an output."""
        return self._strands.given(value) if self._strands else ()


def _part(step: Compute) -> Part:
    own = step.tops[0].range if step.tops else None
    return Part(step.device, channel_words(own.start, own.stop) if own else "")
