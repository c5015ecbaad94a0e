"""Every layer type gives on two devices what it gives on one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.layers.python import python_layers
from netdef.layers.register import layer_types
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import layer, message, records_of
from tests.placed_nets import BOTH, ON_1, source
from tests.placed_types import EXAMPLES, IN_PARTS, Example
from tests.placing import Devices, assert_same, batch

RECORD = (4, 2, 5)


def text(example: Example) -> str:
    """Write a net of one layer between others: what it reads lies on both devices where it can, what reads it on 1."""
    inputs = [source(name, *shape) for name, shape in example.bottoms.items()]
    laid = [layer("Power", name, f"laid_{name}", BOTH) for name in example.bottoms]
    bottoms = ",".join(f"laid_{name}" for name in example.bottoms)
    tops = [f"t{index}" for index in range(example.tops)]
    own = layer(example.type, bottoms, ",".join(tops), f"{example.options} {BOTH}", name="own")
    readers = [layer("Power", top, f"{top}_read", ON_1) for top in tops]
    return "\n".join(["force_backward: true", *inputs, *laid, own, *readers])


def graph(example: Example) -> Graph:
    with python_layers():
        return build(message(text(example)), schema.NetState(phase=schema.TRAIN), record_shapes=records_of(RECORD))  # type: ignore[arg-type]


def outcome(net: Net, inputs: dict[str, Tensor], iteration: int) -> dict[str, Tensor | None]:
    """Run forward and backward; each number of each output has another gradient."""
    net.zero_grad(set_to_none=True)
    wanted = [tensor for tensor in inputs.values() if tensor.requires_grad]
    found = net(inputs, iteration=iteration).blobs
    slopes = [torch.arange(1.0, y.numel() + 1, dtype=y.dtype, device=y.device).view_as(y) for y in found.values()]
    sums = [(y * slope).sum().cpu() for y, slope in zip(found.values(), slopes, strict=True) if y.requires_grad]
    for tensor in wanted:
        tensor.grad = None
    if sums:
        sum(sums, torch.zeros(())).backward()
    result: dict[str, Tensor | None] = {name: tensor.grad for name, tensor in inputs.items()}
    result |= {f"out {name}": y.detach() for name, y in found.items()}
    for parameter, own in net.pieces.items():
        name = f"{parameter.owner} {parameter.index}"
        result |= {f"gradient of {name}": own.gradient, name: own.whole().clone()}
    return result


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.brief)
def test_two_devices_compute_what_one_does(
    example: Example, devices: Devices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    two = devices(2)
    placed = graph(example)
    found = []
    for net in (Net(graph(example), dtype=torch.float64, device=two[0]), Net(placed, dtype=torch.float64, devices=two)):
        inputs = batch(net.graph, device=two[0])
        passes = 1 if example.type == "HDF5Output" else 2  # which writes but once
        found.append([outcome(net, inputs, iteration) for iteration in range(passes)])
        if example.type == "HDF5Output":
            (tmp_path / "written.h5").unlink()
    assert_same(found[1], found[0])


@pytest.mark.parametrize("kind", sorted(layer_types()))
def test_each_type_has_an_example_and_is_known_to_be_split_or_not(kind: str) -> None:
    own = [example for example in EXAMPLES if example.type == kind]
    assert own, f"{kind}: tests/placed_types.py has no example of it"
    split = [len(Net(graph(example), devices=["cpu:0", "cpu:1"]).modules_of(own_index(example))) for example in own]
    assert max(split) == (2 if kind in IN_PARTS else 1)


def own_index(example: Example) -> int:
    return 2 * len(example.bottoms)
