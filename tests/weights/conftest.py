"""Small nets to save and load."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.protobuf import text_format

from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema

GOLDEN = Path(__file__).parents[1] / "golden"
MakeNet = Callable[..., Net]


@pytest.fixture
def golden() -> Path:
    return GOLDEN


@pytest.fixture
def make_net() -> MakeNet:
    def make(layers: str, name: str = "small", phase: int = schema.TEST, seed: int = 0) -> Net:
        data = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }'
        message = text_format.Parse(f'name: "{name}" {data} {layers}', schema.NetParameter())
        return Net(build(message, schema.NetState(phase=schema.Phase.ValueType(phase))), seed=seed)

    return make


def product(name: str, bottom: str = "data", outputs: int = 4, more: str = "") -> str:
    options = f'inner_product_param {{ num_output: {outputs} weight_filler {{ type: "xavier" }} }}'
    return f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" {more} {options} }}'


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file can grow beyond a megabyte: the system refuses as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
