"""A graph as a table of text: a line a layer, and the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netdef.draw.measures import Measures, total
from netdef.draw.summary import devices
from netdef.draw.words import exact, in_bytes, printable, shape_words, short, state_words
from netdef.graph.graph import Graph, Node

LONGEST_NAME = 36
LONGEST_LIST = 30
GAP = "  "
Row = Sequence[str]


@dataclass(frozen=True)
class Column:
    """A heading, and whether what stands under it are numbers, which line up on the right."""

    heading: str
    numbers: bool = False


def table(graph: Graph) -> str:
    """Return the table of a graph: shapes and multiply-accumulates for one item, activations for the whole batch."""
    measures = Measures(graph)
    columns = [Column("layer"), Column("type"), Column("group"), Column("device"), Column("output")]
    columns += [Column(heading, numbers=True) for heading in ("parameters", "MACs", "activations")]
    rows = [_row(node, measures) for node in graph.nodes]
    filled = [index for index, column in enumerate(columns) if column.numbers or any(row[index] for row in rows)]
    sums = _sums(graph, measures)
    lines = lined_up([columns[i] for i in filled], [[row[i] for i in filled] for row in (*rows, sums)])
    rule = "─" * max(map(len, lines))
    return "\n".join([_title(graph, measures), "", lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _title(graph: Graph, measures: Measures) -> str:
    net = f"{printable(graph.name) or 'net'}, {state_words(graph.state)}"
    return f"{net}: outputs and MACs for one item, activations for a batch of {exact(measures.batch)}"


def _row(node: Node, measures: Measures) -> Row:
    outputs = [shape_words(measures.item(top.shape)) for top in node.tops]
    return (
        short(printable(node.name), LONGEST_NAME),
        node.type,
        short(printable(", ".join(node.attributes.groups)), LONGEST_LIST),
        printable(devices(node)),
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


def lined_up(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Return the line of the headings and a line a row, the columns aligned."""
    cells = [[column.heading for column in columns], *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [_line(columns, widths, row) for row in cells]


def _line(columns: Sequence[Column], widths: Sequence[int], row: Row) -> str:
    padded = (
        cell.rjust(width) if column.numbers else cell.ljust(width)
        for column, width, cell in zip(columns, widths, row, strict=True)
    )
    return GAP.join(padded).rstrip()
