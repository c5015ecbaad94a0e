from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import torch

from netdef.cli.layer_time import LayerPass, LayerTime, time_layers
from netdef.cli.random_inputs import random_inputs
from netdef.graph.graph import Node
from netdef.loading import load
from netdef.net import Net

NET = """
layer { name: "x" type: "Input" top: "x" top: "y" input_param { shape { dim: 3 dim: 5 } shape { dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "x" top: "a"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "a" top: "a" }
layer { name: "b" type: "InnerProduct" bottom: "a" top: "b"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "sum" bottom: "y" top: "loss" loss_weight: 2 }
"""


@pytest.fixture
def net(tmp_path: Path) -> Net:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    return load(path, phase="TRAIN", device="cpu")


def test_medians_of_several_passes() -> None:
    layer = LayerTime("a", [3.0, 1.0, 9.0], [0.0, 5.0, 4.0])
    assert (layer.forward, layer.backward) == (3.0, 4.0)


def test_each_layer_has_a_time_for_each_pass_but_the_first(net: Net) -> None:
    times = time_layers(net, random_inputs(net.graph, None, net.device), 3, nullcontext)
    assert [layer.name for layer in times] == ["x", "a", "r", "b", "sum", "loss"]
    assert {(len(layer.forwards), len(layer.backwards)) for layer in times} == {(3, 3)}


def test_spans_around_the_layers_that_run(net: Net) -> None:
    spans: list[tuple[str, str]] = []

    @contextmanager
    def span(node: Node, way: str) -> Iterator[None]:
        yield
        spans.append((node.name, way))

    LayerPass(net, random_inputs(net.graph, None, net.device), nullcontext, span).run()
    names = ["x", "a", "r", "b", "sum", "loss"]
    assert spans == [*((name, "forward") for name in names), *((name, "backward") for name in names[:0:-1])]


def test_the_parts_add_up_to_the_gradient_of_the_whole(net: Net) -> None:
    """A pass cut into layers takes autograd's way through the whole net, forks and in-place tops included."""
    inputs = random_inputs(net.graph, None, net.device)
    cut = LayerPass(net, inputs, nullcontext)
    cut.forward()
    cut.backward()
    first = next(value for value in net.graph.values() if (value.name, value.version) == ("a", 0))
    kept: list[torch.Tensor] = []
    module = net.layers[1]
    module.register_forward_hook(lambda module, args, tops: tops[0].register_hook(kept.append) and None)
    net(inputs).loss.backward()
    torch.testing.assert_close(cut.gradients[first], kept[0])
