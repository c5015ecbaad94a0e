import re
from collections.abc import Callable

import pytest

from netdef.draw.dot import dot
from netdef.draw.palette import device_color
from netdef.graph.graph import Graph
from tests.draw.placed import HEAD, SPLIT

MakeGraph = Callable[..., Graph]

MANY = HEAD.replace("dim: 6", "dim: 8") + "".join(
    f'layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}" {" ".join(devices)}'
    " convolution_param { num_output: 16 kernel_size: 1 } }"
    for name, bottom, devices in (
        ("one", "x", [f'device: "{index}"' for index in range(4)]),
        ("two", "one", [f'device: "{index}"' for index in range(4)]),
    )
)


def edges(graph: Graph, tail: int, head: int) -> list[tuple[str, str, str, str]]:
    """Return the ports, words and attributes of the arrows from box to box."""
    arrow = rf"\tlayer{tail}(\S*) -> layer{head}(\S*) \[(?:label=<(.*?)>\s+)?([^<>]*)\]$"
    found = re.findall(arrow, dot([graph]), re.MULTILINE)
    return [(out, into, " ".join(re.findall(">([^<]+)<", label)), rest) for out, into, label, rest in found]


def test_what_stays_is_thin_and_what_crosses_thick_in_the_colour_of_its_source(graph: MakeGraph) -> None:
    found = {(out, into): (words, rest) for out, into, words, rest in edges(graph(SPLIT), 1, 3)}
    assert found[":out0:s", ":in0:n"] == ("", "weight=4")
    words, stroke = found[":out1:s", ":in0:n"]
    assert words == "1×3×5 60 B"
    assert f'color="{device_color(1)}"' in stroke
    assert "penwidth=2" in stroke
    assert len(found) == 4


def test_what_stays_tells_its_shape_where_nothing_crosses(model: MakeGraph) -> None:
    found = edges(model("alexnet_paper"), *positions(model("alexnet_paper"), "conv1", "norm1"))
    assert [edge[:3] for edge in found] == [(":out0:s", ":in0:n", "48×55×55"), (":out1:s", ":in1:n", "48×55×55")]


def positions(graph: Graph, *names: str) -> list[int]:
    return [node.position for name in names for node in graph.nodes if node.name == name]


def test_a_copy_tells_the_name_of_a_blob_that_is_not_its_layers(graph: MakeGraph) -> None:
    assert [edge[:3] for edge in edges(graph(SPLIT), 0, 1)] == [("", ":in0:n", ""), ("", ":in1:n", "x 6×5×7 840 B")]


def test_too_many_strands_are_one_arrow(graph: MakeGraph) -> None:
    ((out, into, words, rest),) = edges(graph(MANY), 1, 2)
    assert (out, into) == ("", "")
    assert words == f"16×5×7, {12 * 4 * 4 * 35 / 1000:.2f} kB cross"
    assert "penwidth=2" in rest


def test_an_output_in_parts_is_brought_together(graph: MakeGraph) -> None:
    source = dot([graph(SPLIT.partition('layer { name: "loss"')[0])])
    ends = [line for line in source.splitlines() if "-> end0" in line]
    assert [line.split()[0] for line in ends] == ["layer4:out0:s", "layer4:out1:s"]
    assert "8 B" in ends[1]


@pytest.mark.parametrize("name", ["lenet", "googlenet"])
def test_nets_on_one_device_have_neither_strips_nor_thick_arrows(model: MakeGraph, name: str) -> None:
    source = dot([model(name)])
    assert "PORT=" not in source
    assert "penwidth" not in source
