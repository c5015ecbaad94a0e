"""What a picture of one or several phases of a net shows: boxes, arrows and loose ends, not yet how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from netdef.draw.folding import hosts
from netdef.draw.layout import Layout, Part
from netdef.draw.loads import Load
from netdef.draw.measures import Measures, total
from netdef.draw.strands import Strand
from netdef.draw.words import exact, in_bytes, rounded, shape_words, state_words
from netdef.graph.graph import Graph, Node, Value
from netdef.layers.base import Kind
from netdef.schema import netdef_pb2 as schema


@dataclass(eq=False)
class Box:
    """A layer with those that work in place on its top; ``only`` names the phases that have it, if not all do.

    Where the net is spread over several devices, ``parts`` tell what each of the layer's has of it.
    """

    node: Node
    parameters: int | None
    macs: int | None
    only: str = ""
    parts: tuple[Part, ...] = ()
    folded: list[Box] = field(default_factory=list)

    @property
    def position(self) -> int:
        """Where in the file the layer stands."""
        return self.node.position

    def with_folded(self) -> list[Box]:
        """Return the box and those in it."""
        return [self, *self.folded]


@dataclass(frozen=True)
class Arrow:
    """A blob on its way from box to box; ``learning`` is false where no gradient can come back.

    Where the net is spread over several devices, it is made of ``strands`` from part to part.
    """

    tail: Box
    head: Box
    blob: str
    shape: str
    learning: bool
    strands: tuple[Strand, ...] = ()


@dataclass(frozen=True)
class LooseEnd:
    """A blob that no layer reads: what the net gives to its caller."""

    tail: Box
    blob: str
    shape: str
    strands: tuple[Strand, ...] = ()


@dataclass
class Diagram:
    """A net's boxes in file order, and what connects them; ``notes`` are lines for the title, one for each phase.

    ``loads`` are those of the devices, if the net is spread over several.
    """

    name: str
    notes: list[str]
    boxes: list[Box]
    arrows: list[Arrow]
    loose_ends: list[LooseEnd]
    loads: list[Load]

    @property
    def devices(self) -> list[str]:
        """The devices that the net is spread over, if they are several."""
        return [load["device"] for load in self.loads]


def diagram(graphs: Sequence[Graph]) -> Diagram:
    """Merge the graphs of several phases of one net, layer by layer.

    Raises: DefinitionError for layers that cannot be split over their devices as the file says.
    """
    return _Merger(graphs).diagram()


class _Merger:
    """One merging: layers of different graphs are the same if they stand at the same place in the file."""

    def __init__(self, graphs: Sequence[Graph]) -> None:
        self.graphs = graphs
        self.measures = [Measures(graph) for graph in graphs]
        self.layouts = [Layout(graph, own) for graph, own in zip(graphs, self.measures, strict=True)]
        self.hosts = hosts(graphs, {node: where for layout in self.layouts for node, where in layout.places.items()})
        self.boxes = self._boxes()
        for position, host in self.hosts.items():
            if host != position:
                self.boxes[host].folded.append(self.boxes[position])

    def diagram(self) -> Diagram:
        return Diagram(
            name=self.graphs[0].name,
            notes=self._notes(),
            boxes=[self.boxes[position] for position, host in self.hosts.items() if position == host],
            arrows=list(self._arrows()),
            loose_ends=list(self._loose_ends()),
            loads=max((layout.loads() for layout in self.layouts), key=len),
        )

    def _nodes(self) -> Iterator[tuple[Graph, Measures, Layout, Node]]:
        for graph, measures, layout in zip(self.graphs, self.measures, self.layouts, strict=True):
            for node in graph.nodes:
                yield graph, measures, layout, node

    def _boxes(self) -> dict[int, Box]:
        states: dict[int, list[schema.NetState]] = {}
        boxes: dict[int, Box] = {}
        for graph, measures, layout, node in self._nodes():
            states.setdefault(node.position, []).append(graph.state)
            box = Box(node, measures.parameters(node), measures.macs(node), parts=layout.parts(node))
            boxes.setdefault(node.position, box)
        for position, having in states.items():
            boxes[position].only = state_words(*having) if len(having) < len(self.graphs) else ""
        return dict(sorted(boxes.items()))

    def _host(self, node: Node) -> Box:
        return self.boxes[self.hosts[node.position]]

    def _arrows(self) -> Iterator[Arrow]:
        found: dict[tuple[int, str, int, int], list[Arrow]] = {}
        for _, measures, layout, node in self._nodes():
            for index, value in enumerate(node.bottoms):
                tail, head = self._host(value.producer), self._host(node)
                if tail is not head:
                    shape = shape_words(measures.item(value.shape))
                    strands = layout.read(node, index)
                    arrow = Arrow(tail, head, value.name, shape, node.layer.takes_gradient(index), strands)
                    found.setdefault((tail.position, value.name, node.position, index), []).append(arrow)
        for same in found.values():
            yield replace(same[0], shape=" | ".join(dict.fromkeys(arrow.shape for arrow in same)))

    def _loose_ends(self) -> Iterator[LooseEnd]:
        read = {self._key(bottom) for *_, node in self._nodes() for bottom in node.bottoms}
        found: dict[tuple[int, str], LooseEnd] = {}
        for _, measures, layout, node in self._nodes():
            for top in node.tops:
                if self._key(top) not in read and node.layer.kind not in (Kind.LOSS, Kind.METRIC):
                    shape = shape_words(measures.item(top.shape))
                    end = LooseEnd(self._host(node), top.name, shape, layout.given(top))
                    found.setdefault(self._key(top), end)
        yield from found.values()

    def _key(self, value: Value) -> tuple[int, str]:
        return self._host(value.producer).position, value.name

    def _notes(self) -> list[str]:
        states: dict[str, list[schema.NetState]] = {}
        for graph, measures, layout in zip(self.graphs, self.measures, self.layouts, strict=True):
            states.setdefault(_sizes(graph, measures) + _copied(layout), []).append(graph.state)
        return [f"{state_words(*same)}: {sizes}" for sizes, same in states.items()]


def _sizes(graph: Graph, measures: Measures) -> str:
    parameters = total(map(measures.parameters, graph.nodes))
    macs = total(map(measures.macs, graph.nodes))
    return f"{exact(parameters)} parameters, {rounded(macs)} MACs for one item"


def _copied(layout: Layout) -> str:
    if not layout.plan:
        return ""
    copied = layout.traffic()
    back = f", {in_bytes(copied.backward)} come back as gradients" if copied.backward != 0 else ""
    return f"; {in_bytes(copied.forward)} copied between devices{back}"
