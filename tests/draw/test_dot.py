import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest

from netdef.draw.dot import dot
from netdef.draw.palette import FILLS
from netdef.draw.render import render
from netdef.graph.graph import Graph
from netdef.layers.base import Kind

MakeGraph = Callable[..., Graph]

ODD_NAMES = [
    'a "quoted" name',
    "back\\slash",
    "ends in \\",
    "\\N \\G \\L",
    "line\nline",
    "<b>bold</b>",
    "<",
    "<>",
    "&amp;",
    "(a{b|c}d)",
    "node",
    "層 Größe 🚀",
    "\x01",
    "",
    "a:b->c;",
]


def chain(names: list[str]) -> str:
    """Write a net of one ReLU after another."""
    lines = ['layer { name: "in" type: "Input" top: "0" input_param { shape { dim: 2 dim: 3 } } }']
    for number, name in enumerate(names):
        quoted = "".join(f"\\{byte:03o}" for byte in name.encode())
        lines.append(f'layer {{ name: "{quoted}" type: "ReLU" bottom: "{number}" top: "{number + 1}" }}')
    return "\n".join(lines)


def texts(svg: bytes) -> list[str]:
    return [
        "".join(element.itertext()).strip()
        for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


def statement(source: str, name: str) -> str:
    """Return the line that defines the box of a layer."""
    return next(
        line for line in source.splitlines() if f"<B>{name}</B>" in line and "[label=" in line and "->" not in line
    )


def test_any_name_can_be_drawn(graph: MakeGraph) -> None:
    shown = texts(render(dot([graph(chain(ODD_NAMES))]), "svg"))
    expected = ["line\\nline" if name == "line\nline" else "\\x01" if name == "\x01" else name for name in ODD_NAMES]
    for name in expected:
        assert (name or "(no name)") in shown


def test_boxes_have_the_colour_of_their_kind(model: MakeGraph) -> None:
    source = dot([model("lenet")])
    assert f'fillcolor="{FILLS[Kind.CONVOLUTION]}"' in statement(source, "conv1")
    assert f'fillcolor="{FILLS[Kind.POOLING]}"' in statement(source, "pool2")


def test_what_a_box_says(model: MakeGraph) -> None:
    box = statement(dot([model("lenet", "TRAIN"), model("lenet")]), "ip1")
    words = re.sub(r"<[^>]*>", "|", box)
    for word in ("ip1", "InnerProduct", "→ 500", "400,500 parameters, 400 k MACs", "relu1", "ReLU"):
        assert f"|{word}|" in words


def test_layers_of_one_phase_are_dashed_and_say_so(model: MakeGraph) -> None:
    source = dot([model("lenet", "TRAIN"), model("lenet")])
    assert "only in phase TEST" in statement(source, "accuracy")
    assert 'style="rounded,filled,dashed"' in statement(source, "accuracy")
    assert "only in phase" not in statement(source, "loss")


def test_blobs_are_arrows_with_shapes(model: MakeGraph) -> None:
    source = dot([model("lenet")])
    edges = [re.sub(r"<[^<>]*>", "", line) for line in source.splitlines() if " -> " in line]
    assert any(edge.startswith("\tlayer3 -> layer4 [label=<20×24×24>") for edge in edges)
    assert any("label=<data 1×28×28>" in edge for edge in edges)
    assert any("label=<label>" in edge and "style=dashed" in edge for edge in edges)


def test_groups_and_devices(model: MakeGraph) -> None:
    source = dot([model("alexnet")])
    assert source.count("subgraph cluster_") == 2
    assert 'color="#4477AA"' in source
    assert re.search("<B>0</B> +0–127<.*<B>1</B> +128–255<", statement(source, "conv2"))


def test_a_frozen_layer_says_so(graph: MakeGraph) -> None:
    text = chain(["one"]).replace("layer {", 'layer_group { name: "still" freeze: true }\nlayer {', 1)
    source = dot([graph(text.replace('bottom: "0"', 'in_group: "still" bottom: "0"'))])
    assert ">frozen<" in statement(source, "one")


def test_large_nets_name_only_the_types_of_folded_layers(graph: MakeGraph) -> None:
    text = (
        chain([f"r{number}" for number in range(45)]) + 'layer { name: "last" type: "Dropout" bottom: "45" top: "45" }'
    )
    box = statement(dot([graph(text)]), "r44")
    label = box.partition("tooltip=")[0]
    assert ">Dropout<" in label
    assert "last" not in label
    assert "last" in box


def test_outputs_have_an_arrow_to_their_name(model: MakeGraph) -> None:
    source = dot([model("lenet", "TEST", ("deploy",))])
    assert re.search(r"end0 \[label=<.*>10<", source)
    assert "layer12 -> end0" in source


@pytest.mark.parametrize("rankdir", ["TB", "LR", "BT"])
def test_rankdir(model: MakeGraph, rankdir: str) -> None:
    assert f"rankdir={rankdir}" in dot([model("lenet")], rankdir)


def test_the_legend_shows_the_kinds_in_use(model: MakeGraph) -> None:
    head = dot([model("lenet")]).splitlines()[1]
    assert ">convolution<" in head
    assert ">normalization<" not in head
