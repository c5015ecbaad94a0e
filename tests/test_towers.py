"""Two devices written out by hand, Slice, separate layers and Concat, compute what an attribute on each layer does."""

from __future__ import annotations

import pytest
import torch

from netdef.graph.graph import Graph
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer
from tests.narrow_models import CLASSES, PIXELS, narrow, without_dropout
from tests.placed_nets import ON_0, ON_1, conv, product, source
from tests.placing import Devices, assert_same, batch, passed

DEVICES = (ON_0, ON_1)
Layers = list[str]


def towers(text: str) -> Layers:
    """Write a layer once for each tower: ~ stands for its number, @ for its device."""
    return [text.replace("~", str(tower)).replace("@", DEVICES[tower]) for tower in range(2)]


def convolved(number: int, bottom: str, outputs: int, options: str, kernel: int) -> Layers:
    """A convolution and its ReLU in each tower."""
    name = f"conv{number}_~"
    made = conv(bottom, name, outputs, options, "@", kernel), layer("ReLU", name, name, name=f"relu{number}_~")
    return [text for each in made for text in towers(each)]


def joined(name: str) -> Layers:
    return [layer("Concat", f"{name}_0,{name}_1", name, ON_0)]


def normalized(number: int) -> Layers:
    """Join the towers, normalize, cut them apart, pool each: a channel's neighbours may lie in the other tower."""
    pool = layer("Pooling", f"norm{number}_~", f"pool{number}_~", "pooling_param { kernel_size: 3 stride: 2 } @")
    lrn = layer("LRN", f"conv{number}", f"norm{number}", f"lrn_param {{ local_size: 5 alpha: 1e-4 beta: 0.75 }} {ON_0}")
    cut = layer("Slice", f"norm{number}", f"norm{number}_0,norm{number}_1", ON_0, name=f"cut{number}")
    return [*joined(f"conv{number}"), lrn, cut, *towers(pool)]


def hidden(number: int, bottom: str, units: int) -> Layers:
    name = f"fc{number}_~"
    made = product(bottom, name, units, "@"), layer("ReLU", name, name, name=f"bend{number}_~")
    return [text for each in made for text in towers(each)] + joined(f"fc{number}")


def twin() -> Graph:
    """BVLC's AlexNet in two towers, as narrow as ``narrow`` makes it."""
    pool5 = layer("Pooling", "conv5_~", "pool5_~", "pooling_param { kernel_size: 3 stride: 2 } @")
    return graph(
        source("data", 2, 3, PIXELS, PIXELS),
        source("label", 2),
        *convolved(1, "data", 6, "stride: 4", 11),
        *normalized(1),
        *convolved(2, "pool1_~", 16, "pad: 2", 5),
        *normalized(2),
        *joined("pool2"),
        *convolved(3, "pool2", 24, "pad: 1", 3),
        *convolved(4, "conv3_~", 24, "pad: 1", 3),
        *convolved(5, "conv4_~", 16, "pad: 1", 3),
        *towers(pool5),
        *joined("pool5"),
        *hidden(6, "pool5", 32),
        *hidden(7, "fc6", 32),
        product("fc7", "fc8", CLASSES, ON_0),
        layer("SoftmaxWithLoss", "fc8,label", "loss", ON_0),
    )


def nets(grouped: Graph, written_out: Graph, devices: list[str]) -> tuple[Net, Net]:
    """Return both nets with the same weights: those of a tower are half of the outputs."""
    one, other = (Net(each, dtype=torch.float64, devices=devices, seed=5) for each in (grouped, written_out))
    ours = {(parameter.owner, parameter.index): pieces for parameter, pieces in one.pieces.items()}
    for parameter, pieces in other.pieces.items():
        name, _, tower = parameter.owner.partition("_")
        values = ours[name, parameter.index].whole()
        pieces.fill(values.chunk(2)[int(tower)] if tower else values)
    return one, other


def gradients(net: Net) -> dict[tuple[str, int], torch.Tensor]:
    """Return each gradient by the layer of the grouped net and the blob, those of two towers side by side."""
    found: dict[tuple[str, int], list[torch.Tensor]] = {}
    for parameter, pieces in net.pieces.items():
        gradient = pieces.gradient
        assert gradient is not None
        found.setdefault((parameter.owner.partition("_")[0], parameter.index), []).append(gradient)
    return {key: torch.cat(parts) for key, parts in found.items()}


def check_equal(grouped: Graph, written_out: Graph, devices: list[str]) -> None:
    one, other = nets(grouped, written_out, devices)
    inputs = batch(grouped, device=devices[0])
    expected, found = passed(one, inputs), passed(other, inputs)
    assert_same(found.blobs["loss"], expected.blobs["loss"])
    assert_same(gradients(other), gradients(one))
    assert min(gradient.abs().max() for gradient in gradients(one).values()) > 0


@pytest.mark.parametrize("count", [1, 2])
def test_the_towers_that_ship_are_the_papers_net_with_its_normalization_in_halves(count: int, devices: Devices) -> None:
    own = devices(count)
    check_equal(narrow("alexnet_paper", without_dropout), narrow("alexnet_two_towers", without_dropout), own)


def in_halves(message: schema.LayerParameter) -> None:
    without_dropout(message)
    if message.type == "LRN":
        message.lrn_param.group = 2


@pytest.mark.parametrize("count", [1, 2])
def test_towers_joined_for_each_normalization_are_the_published_net(count: int, devices: Devices) -> None:
    check_equal(narrow("alexnet", without_dropout), twin(), devices(count))


def test_normalizing_each_tower_by_itself_gives_other_numbers(devices: Devices) -> None:
    one, other = nets(narrow("alexnet", in_halves), twin(), devices(2))
    inputs = batch(one.graph)
    assert abs(passed(one, inputs).loss - passed(other, inputs).loss) > 1e-9
