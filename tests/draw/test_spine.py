from __future__ import annotations

import re
from collections.abc import Callable

from netdef.draw.diagram import diagram
from netdef.draw.dot import dot
from netdef.draw.render import render
from netdef.draw.spine import spine
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]
HEAD = """
layer { name: "in" type: "Input" top: "a" top: "label" input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
layer { name: "first" type: "InnerProduct" bottom: "a" top: "s0" inner_product_param { num_output: 4 } }
"""
SUM = """
layer {{ name: "left{i}" type: "InnerProduct" bottom: "s{i}" top: "l{i}" inner_product_param {{ num_output: 4 }} }}
layer {{ name: "right{i}" type: "TanH" bottom: "l{i}" top: "r{i}" }}
layer {{ name: "sum{i}" type: "Eltwise" bottom: "s{i}" bottom: "r{i}" top: "s{next}" }}
"""
LOSS = 'layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "s{}" bottom: "label" top: "loss" }}'


def residual(sums: int) -> str:
    return HEAD + "".join(SUM.format(i=i, next=i + 1) for i in range(sums)) + LOSS.format(sums)


def test_branches_are_not_part_of_it_and_labels_do_not_count(graph: MakeGraph) -> None:
    drawn = diagram([graph(residual(2))])
    names = {box.position: box.node.name for box in drawn.boxes}
    found = spine(drawn.boxes, drawn.arrows)
    assert [names[position] for position in sorted(found)] == ["in", "first", "sum0", "sum1", "loss"]


def test_a_long_net_of_sums_does_not_drift_sideways(graph: MakeGraph) -> None:
    def width(sums: int) -> int:
        svg = render(dot([graph(residual(sums))]), "svg").decode()
        (found,) = re.findall(r'<svg width="(\d+)pt"', svg)
        return int(found)

    assert width(30) < 1.2 * width(3)
