"""Nets written as text, and what the graph makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from google.protobuf import text_format

from netdef.errors import Problem
from netdef.graph.build import build, examine
from netdef.graph.graph import Graph, Node, Value
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

IMAGES = 'layer { name: "images" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } }'
LABELS = 'layer { name: "labels" type: "Input" top: "label" input_param { shape { dim: 5 } } }'


def message(*texts: str) -> schema.NetParameter:
    return text_format.Parse("\n".join(texts), schema.NetParameter())


def layer(kind: str, bottoms: str = "", tops: str = "", options: str = "", name: str = "") -> str:
    """Write a layer; ``bottoms`` and ``tops`` have commas between, and the name is the first top's if there is none."""
    wires = [f'{side}: "{blob}"' for side, names in (("bottom", bottoms), ("top", tops)) for blob in _split(names)]
    return f'layer {{ name: "{name or tops.partition(",")[0]}" type: "{kind}" {" ".join(wires)} {options} }}'


def _split(names: str) -> list[str]:
    return names.split(",") if names else []


def inner_product(bottom: str, top: str, outputs: int = 4, options: str = "", name: str = "") -> str:
    return layer("InnerProduct", bottom, top, f"inner_product_param {{ num_output: {outputs} }} {options}", name)


def graph(*texts: str, phase: schema.Phase = schema.TRAIN, level: int = 0, stages: Sequence[str] = ()) -> Graph:
    return build(message(*texts), schema.NetState(phase=phase, level=level, stage=stages))


def records_of(shape: Shape | None) -> object:
    """Return what tells the shape of every source's records."""
    return lambda source: None if shape is None else [shape]


def problems(*texts: str, phase: schema.Phase = schema.TRAIN) -> list[Problem]:
    """Return everything that is wrong with a net."""
    return examine(message(*texts), schema.NetState(phase=phase))[1].found


def problem(*texts: str) -> str:
    """Return the one thing that is wrong with a net, as text."""
    (found,) = problems(*texts)
    return str(found)


def problems_of_file(path: Path, text: str) -> list[str]:
    """Return what is wrong with a net in a file, each line and column before its message."""
    path.write_text(text)
    net = load_net(path)
    found = examine(net.message, schema.NetState(phase=schema.TRAIN), locate=net.locate)[1].errors
    return [f"{each.place.line}:{each.place.column} {each.message}" for each in found if each.place]


def node(net: Graph, name: str) -> Node:
    return next(node for node in net.nodes if node.name == name)


def value(net: Graph, name: str, version: int = 0) -> Value:
    return next(value for value in net.values() if (value.name, value.version) == (name, version))
