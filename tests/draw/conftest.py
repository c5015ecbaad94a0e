"""Graphs from prototxt text, for everything that draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf import text_format

from netdef.data.peek import record_shapes
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema

MODELS = Path(__file__).parents[2] / "models"
MakeGraph = Callable[..., Graph]


@pytest.fixture
def graph() -> MakeGraph:
    def make(text: str, phase: str = "TEST", stages: tuple[str, ...] = ()) -> Graph:
        net = text_format.Parse(text, schema.NetParameter())
        state = schema.NetState(phase=phase, stage=stages)
        return build(net, state, record_shapes=record_shapes)

    return make


@pytest.fixture
def model() -> MakeGraph:
    def make(name: str, phase: str = "TEST", stages: tuple[str, ...] = ()) -> Graph:
        return load_graph(str(MODELS / f"{name}.prototxt"), schema.NetState(phase=phase, stage=stages))

    return make
