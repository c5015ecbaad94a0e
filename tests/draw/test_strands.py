from collections.abc import Callable

from netdef.draw.measures import Measures
from netdef.draw.strands import Strand, Strands, exchanged
from netdef.graph.graph import Graph
from netdef.graph.place import place
from tests.draw.placed import HEAD, SPLIT

MakeGraph = Callable[..., Graph]

TWO_READERS = (
    HEAD.replace('top: "x"', 'top: "x" device: "0"')
    + 'layer { name: "a" type: "ReLU" bottom: "x" top: "a" device: "1" }'
    + 'layer { name: "b" type: "ReLU" bottom: "x" top: "b" device: "1" }'
)
SPLIT_OUTPUT = SPLIT.partition('layer { name: "loss"')[0]


def read(graph: Graph, name: str) -> tuple[Strand, ...]:
    node = next(node for node in graph.nodes if node.name == name)
    return Strands(place(graph), Measures(graph)).read(node, 0)


def test_parts_read_their_own_and_halos(graph: MakeGraph) -> None:
    assert set(read(graph(SPLIT), "norm")) == {
        Strand("0", "0", ("4×3×5",)),
        Strand("1", "0", ("1×3×5", "60 B"), 60),
        Strand("1", "1", ("4×3×5",)),
        Strand("0", "1", ("1×3×5", "60 B"), 60),
    }


def test_a_layer_that_reads_its_own_alone_crosses_nothing(graph: MakeGraph) -> None:
    strands = read(graph(SPLIT), "relu")
    assert [(strand.source, strand.target, strand.crosses) for strand in strands] == [
        ("0", "0", False),
        ("1", "1", False),
    ]
    assert exchanged(strands) == 0


def test_a_copy_is_told_once(graph: MakeGraph) -> None:
    made = graph(TWO_READERS)
    strands = Strands(place(made), Measures(made))
    first, second = (strands.read(node, 0)[0] for node in made.nodes[1:])
    assert (first.lines, first.size) == (("6×5×7", "840 B"), 840)
    assert (second.lines, second.size, second.crosses) == ((), 0, True)


def test_an_output_is_gathered(graph: MakeGraph) -> None:
    made = graph(SPLIT_OUTPUT)
    (output,) = made.outputs
    given = Strands(place(made), Measures(made)).given(output)
    assert given == (Strand("0", "0", ("2",)), Strand("1", "0", ("2", "8 B"), 8))
