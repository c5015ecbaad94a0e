"""Small nets to save and load."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from google.protobuf import text_format

from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema

GOLDEN = Path(__file__).parents[1] / "golden"
MakeNet = Callable[..., Net]
CONVOLUTION = """
    layer { name: "r" type: "Reshape" bottom: "data" top: "r" reshape_param { shape { dim: 1 dim: 3 dim: 2 dim: 1 } } }
    layer { name: "c" type: "Convolution" bottom: "r" top: "c" convolution_param {
        num_output: 4 kernel_h: 2 kernel_w: 5 pad_h: 0 pad_w: 2 weight_filler { type: "xavier" } } }"""


@pytest.fixture
def golden() -> Path:
    return GOLDEN


@pytest.fixture
def make_net() -> MakeNet:
    def make(layers: str, name: str = "small", phase: schema.Phase = schema.TEST, seed: int = 0) -> Net:
        data = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }'
        message = text_format.Parse(f'name: "{name}" {data} {layers}', schema.NetParameter())
        return Net(build(message, schema.NetState(phase=phase)), seed=seed)

    return make


def to_channels_last(net: Net) -> None:
    for parameter in net.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.to(memory_format=torch.channels_last)


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
