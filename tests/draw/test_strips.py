import re
from collections.abc import Callable

from netdef.draw.diagram import Box, diagram
from netdef.draw.palette import device_color
from netdef.draw.strips import between_strips
from netdef.graph.graph import Graph
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]


def rows(graph: Graph, name: str, rankdir: str) -> list[list[str]]:
    """Return ports and words of the cells, row by row."""
    box: Box = next(box for box in diagram([graph]).boxes if box.node.name == name)
    label = between_strips("CONTENT", box, ["0", "1"], rankdir)
    cells = [re.findall(r"<TD([^>]*)>(.*?)</TD>", line) for line in label.split("</TR>")[:-1]]
    return [[_port(attributes) or re.sub("<[^>]*>", "", words) for attributes, words in line] for line in cells]


def _port(attributes: str) -> str:
    found = re.search('PORT="([^"]*)"', attributes)
    return found[1] if found else ""


def test_data_enters_at_one_side_and_leaves_at_the_other(graph: MakeGraph) -> None:
    made = graph(SPLIT)
    down = [["in0", "in1"], ["CONTENT"], ["out0", "out1"]]
    assert rows(made, "conv", "TB") == down
    assert rows(made, "conv", "BT") == down[::-1]
    assert rows(made, "conv", "LR") == [["in0", "CONTENT", "out0"], ["in1", "out1"]]
    assert rows(made, "conv", "RL") == [["out0", "CONTENT", "in0"], ["out1", "in1"]]


def test_a_layer_on_one_device_has_one_strip_a_side(graph: MakeGraph) -> None:
    assert rows(graph(SPLIT), "loss", "TB") == [["in0"], ["CONTENT"], ["out0"]]


def test_strips_have_the_colour_of_their_device_and_its_channels(graph: MakeGraph) -> None:
    conv = diagram([graph(SPLIT)]).boxes[1]
    label = between_strips("", conv, ["0", "1"], "TB")
    assert re.search(f'BGCOLOR="{device_color(1)}" PORT="in1"[^>]*><FONT[^>]*><B>1</B>  4–7<', label)
