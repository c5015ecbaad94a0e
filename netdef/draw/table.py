"""A graph as a table of text: a line a layer, and the sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netdef.draw.columns import Column, Row, ruled
from netdef.draw.loads import places
from netdef.draw.measures import Measures, total
from netdef.draw.placement_tables import placement_tables
from netdef.draw.process_memory import process_memory
from netdef.draw.words import exact, in_bytes, printable, shape_words, short, state_words
from netdef.graph.graph import Graph, Node
from netdef.graph.place import place
from netdef.graph.plan import Plan

LONGEST_NAME = 36
LONGEST_LIST = 30


def table(graph: Graph) -> str:
    """Return the table of a graph: shapes and multiply-accumulates for one item, activations for the whole batch.

    Of a net of phase TRAIN the memory that training needs follows; of one that is spread over several devices two more
    tables: what each does, and what they copy.

    Raises: DefinitionError for layers that cannot be split as the file says.
    """
    plan, measures = place(graph), Measures(graph)
    layers = _layers(graph, places(plan) if len(plan.devices) > 1 else {}, measures)
    return "\n\n".join([layers, *_memory(plan), *placement_tables(plan, measures)])


def _memory(plan: Plan) -> Iterator[str]:
    found = process_memory(plan)
    if found:
        yield (
            f"Training needs {in_bytes(found['peak'])} at its peak, in float32:"
            f" parameters {in_bytes(found['parameters'])}, gradients {in_bytes(found['gradients'])},\n"
            f"one history of the solver (SGD) {in_bytes(found['histories'])},"
            f" kept for the backward pass {in_bytes(found['activations'])}.\n"
            f"On a CPU the whole process needs about {in_bytes(found['process'])}: libraries, batches made ahead, and"
            " a quarter more for kernels and gaps"
        )


def _layers(graph: Graph, where: Mapping[Node, Sequence[str]], measures: Measures) -> str:
    columns = [Column("layer"), Column("type"), Column("group"), Column("device"), Column("output")]
    columns += [Column(heading, numbers=True) for heading in ("parameters", "MACs", "activations")]
    rows = [_row(node, "+".join(where.get(node, node.attributes.devices)), measures) for node in graph.nodes]
    filled = [index for index, column in enumerate(columns) if column.numbers or any(row[index] for row in rows)]
    sums = _sums(graph, measures)
    ruled_lines = ruled([columns[i] for i in filled], [[row[i] for i in filled] for row in (*rows, sums)])
    return "\n".join([_title(graph, measures), "", *ruled_lines])


def _title(graph: Graph, measures: Measures) -> str:
    net = f"{printable(graph.name) or 'net'}, {state_words(graph.state)}"
    return f"{net}: outputs and MACs for one item, activations for a batch of {exact(measures.batch)}"


def _row(node: Node, where: str, measures: Measures) -> Row:
    outputs = [shape_words(measures.item(top.shape)) for top in node.tops]
    return (
        short(printable(node.name), LONGEST_NAME),
        node.type,
        short(printable(", ".join(node.attributes.groups)), LONGEST_LIST),
        printable(where),
        short(", ".join(outputs), LONGEST_LIST),
        *_numbers(measures.parameters(node), measures.macs(node), measures.activation_bytes(node)),
    )


def _numbers(parameters: int | None, macs: int | None, activations: int | None) -> Row:
    """Write the three numbers of a layer; nothing for none."""
    written = (exact(parameters), exact(macs), in_bytes(activations))
    return [
        "" if number == 0 else words for number, words in zip((parameters, macs, activations), written, strict=True)
    ]


def _sums(graph: Graph, measures: Measures) -> Row:
    layers = f"{len(graph.nodes)} layer{'' if len(graph.nodes) == 1 else 's'}"
    parameters = exact(total(map(measures.parameters, graph.nodes)))
    macs = exact(total(map(measures.macs, graph.nodes)))
    activations = in_bytes(total(map(measures.activation_bytes, graph.nodes)))
    return (layers, "", "", "", "", parameters, macs, activations)
