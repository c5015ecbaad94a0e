"""A graph in numbers: what ``netdef summary --json`` prints."""

from __future__ import annotations

from typing import TypedDict

from netdef.draw.copies import CopySummary, CopyTotals, copy_summary, copy_totals
from netdef.draw.exchange import crossings
from netdef.draw.loads import Load, loads, places
from netdef.draw.measures import Measures, learned_shapes, total
from netdef.draw.process_memory import ProcessMemory, process_memory
from netdef.graph.graph import Graph, Node
from netdef.graph.place import place

Lengths = list[int | None]


class LayerSummary(TypedDict):
    """One layer; None stands for what is not known, and for no device.

    ``device`` is what the file says, ``runs_on`` where that puts the layer, or its parts in their order.
    ``param_count`` leaves out parameters that an earlier layer made; ``macs`` are for one item of the batch.
    """

    name: str
    type: str
    device: str | None
    runs_on: list[str]
    bottoms: list[str]
    tops: list[str]
    top_shapes: dict[str, Lengths | None]
    params: list[Lengths]
    param_count: int | None
    macs: int | None
    line: int | None


class Totals(TypedDict):
    """Sums over all layers; activations are those of the whole batch."""

    params: int | None
    macs: int | None
    activation_bytes: int | None


class Summary(TypedDict):
    """A net of one phase; ``memory`` is None but for TRAIN, and where a shape is not known."""

    name: str
    layers: list[LayerSummary]
    totals: Totals
    devices: list[Load]
    exchange: list[CopySummary]
    exchange_totals: CopyTotals
    memory: ProcessMemory | None


def summary(graph: Graph) -> Summary:
    """Return a graph's layers with their shapes and costs, what each device does and what they copy, and the sums.

    Raises: DefinitionError for layers that cannot be split as the file says.
    """
    measures = Measures(graph)
    plan = place(graph)
    copied = crossings(plan, measures.batch)
    where = places(plan)
    layers = [_layer(node, where[node], measures) for node in graph.nodes]
    totals = Totals(
        params=total(layer["param_count"] for layer in layers),
        macs=total(layer["macs"] for layer in layers),
        activation_bytes=total(map(measures.activation_bytes, graph.nodes)),
    )
    return Summary(
        name=graph.name,
        layers=layers,
        totals=totals,
        devices=loads(plan, measures),
        exchange=[copy_summary(crossing) for crossing in copied],
        exchange_totals=copy_totals(copied),
        memory=process_memory(plan),
    )


def _layer(node: Node, where: list[str], measures: Measures) -> LayerSummary:
    return LayerSummary(
        name=node.name,
        type=node.type,
        device=devices(node) or None,
        runs_on=where,
        bottoms=[bottom.name for bottom in node.bottoms],
        tops=[top.name for top in node.tops],
        top_shapes={top.name: None if top.shape is None else list(top.shape) for top in node.tops},
        params=[list(shape) for shape in learned_shapes(node)],
        param_count=measures.parameters(node),
        macs=measures.macs(node),
        line=node.place.outermost.line if node.place else None,
    )


def devices(node: Node) -> str:
    """Name the logical devices of a layer: ``0``, or ``0+1`` where it is split over two."""
    return "+".join(node.attributes.devices)
