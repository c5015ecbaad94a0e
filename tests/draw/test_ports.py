from collections.abc import Callable

import pytest

from netdef.draw.diagram import diagram
from netdef.draw.ports import entry, exit_of, is_split
from netdef.graph.graph import Graph
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]


@pytest.mark.parametrize(("rankdir", "leaving", "entering"), [("TB", "s", "n"), ("BT", "n", "s"), ("LR", "e", "w")])
def test_split_boxes_have_a_port_for_each_device(graph: MakeGraph, rankdir: str, leaving: str, entering: str) -> None:
    source, conv, *_ = diagram([graph(SPLIT)]).boxes
    assert is_split(conv)
    assert exit_of(conv, "1", rankdir) == f"layer1:out1:{leaving}"
    assert entry(conv, "0", rankdir) == f"layer1:in0:{entering}"
    assert not is_split(source)
    assert exit_of(source, "0", rankdir) == "layer0"


def test_a_device_without_a_part_has_the_whole_box(graph: MakeGraph) -> None:
    assert entry(diagram([graph(SPLIT)]).boxes[1], "7", "TB") == "layer1"
