"""What each layer keeps for the backward pass, beside what torch says that it keeps."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from netdef.cli.random_inputs import random_inputs
from netdef.draw.kept import kept
from netdef.graph.graph import Graph
from netdef.kernels import built
from netdef.net import Net
from tests.compiled import forget
from tests.graph.texts import LABELS, graph, inner_product, layer
from tests.nets import LOSS

PLANES = 'layer { name: "planes" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 dim: 13 dim: 11 } } }'
CONVOLUTION = "convolution_param { num_output: 8 kernel_size: 3 pad: 1 }"
BELOW = layer("Convolution", "x", "a", CONVOLUTION)
TARGETS_AND_SUMS = 500  # bytes: numbers of classes, and what is kept of each channel


def as_torch_has_it(made: Graph) -> int:
    """Return how many bytes autograd keeps, parameters left out."""
    net = Net(made)
    net.fuse = False  # layers that run as one keep less
    own = {parameter.untyped_storage().data_ptr() for parameter in net.parameters()}
    found: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    inputs = {name: _turned(tensor) for name, tensor in random_inputs(made, None, torch.device("cpu")).items()}
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        result = net(inputs)
    total = sum(found.values())
    del result
    return total


def _turned(tensor: Tensor) -> Tensor:
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def predicted(made: Graph) -> int:
    return sum({what: size for node in made.nodes if node.backward for what, size in kept(node)}.values())


@pytest.mark.parametrize(
    "above",
    [
        layer("ReLU", "a", "b"),
        layer("ReLU", "a", "b", "relu_param { negative_slope: 0.5 }"),
        layer("TanH", "a", "b"),
        layer("Sigmoid", "a", "b"),
        layer("LRN", "a", "b"),
        layer("LRN", "a", "b", "lrn_param { beta: 0.5 }"),
        layer("LRN", "a", "b", "lrn_param { beta: 0.625 }"),
        layer("Pooling", "a", "b", "pooling_param { kernel_size: 3 stride: 2 }"),
        layer("Pooling", "a", "b", "pooling_param { pool: AVE kernel_size: 3 stride: 2 }"),
        layer("Dropout", "a", "b"),
        layer("BatchNorm", "a", "b"),
        layer("Scale", "a", "b"),
        layer("Concat", "a,x", "b"),
        layer("Eltwise", "a,a", "b"),
        layer("Eltwise", "a,a", "b", "eltwise_param { operation: PROD }"),
        layer("Convolution", "a", "b", CONVOLUTION),
        layer("Deconvolution", "a", "b", CONVOLUTION),
        layer("Flatten", "a", "b"),
    ],
)
def test_a_layer_keeps_what_torch_keeps(above: str) -> None:
    made = graph(PLANES, LABELS, BELOW, above, inner_product("b", "y"), LOSS)
    assert abs(predicted(made) - as_torch_has_it(made)) <= TARGETS_AND_SUMS


def test_without_kernels_lrn_keeps_its_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(built.SWITCH, "off")
    forget()
    made = graph(PLANES, LABELS, BELOW, layer("LRN", "a", "b"), inner_product("b", "y"), LOSS)
    assert abs(predicted(made) - as_torch_has_it(made)) <= TARGETS_AND_SUMS
    monkeypatch.undo()
    forget()


def test_layers_that_are_not_listed_keep_their_bottoms() -> None:
    made = graph(PLANES, BELOW, layer("Power", "a", "b"), layer("Reduction", "b", "loss", "loss_weight: 1"))
    (power,) = [node for node in made.nodes if node.type == "Power"]
    assert list(kept(power)) == [(power.bottoms[0], 4 * 5 * 8 * 13 * 11)]
