from __future__ import annotations

from collections.abc import Callable

import torch

from netdef.module.passing import Batch, Passing
from netdef.module.recorded import Recorded
from netdef.module.recording import record
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.chains import IMAGES, convolution
from tests.compiled import needs_kernels
from tests.graph.texts import layer
from tests.nets import net, numbers

LEAKY = layer("ReLU", "b", "b", "relu_param { negative_slope: 0.5 }", "leaky")
MEAN = layer("Pooling", "x", "m", "pooling_param { pool: AVE kernel_size: 3 }")


@torch.no_grad()
def recorded(*texts: str) -> Recorded:
    """Return what is recorded of a pass, behind one that makes the weights ready."""
    found = net(IMAGES, *texts, phase=schema.TEST, weights_stay=True)
    x = numbers(2, 4, 7, 5)
    found({"x": x})
    program = found._programs.of_pass([x], ())
    batch, run = _pass(found, x)
    return record(program, batch.inputs, run, batch.values)


def _pass(found: Net, x: torch.Tensor) -> tuple[Batch, Callable[[int], None]]:
    program = found._programs.of_pass([x], ())
    passing = Passing(found.graph, program, found.devices, (), 0, 0, found.dtype)
    batch = Batch({"x": x}, None, found.no_values())
    return batch, lambda index: passing._step(index, batch)


def kinds(found: Recorded) -> list[object]:
    return [item if isinstance(item, int) else "stretch" for item, _ in found.items]


@needs_kernels
def test_steps_of_kernels_are_replaced_and_others_stay() -> None:
    texts = (
        convolution("x", "a", "num_output: 16"),
        layer("Sigmoid", "a", "b"),
        convolution("b", "c", "num_output: 16"),
    )
    assert kinds(recorded(*texts)) == ["stretch", 2, "stretch"]


@needs_kernels
def test_layers_with_weights_of_their_own_stay() -> None:
    assert kinds(recorded(layer("PReLU", "x", "a"), MEAN)) == ["stretch", 1, "stretch"]


@needs_kernels
def test_nothing_is_replaced_where_another_writes_into_what_kernels_have_begun() -> None:
    branches = convolution("x", "a", "num_output: 16"), convolution("x", "b", "num_output: 3"), LEAKY
    assert kinds(recorded(*branches, layer("Concat", "a,b", "y"))) == [0, 1, 2, 3]


@needs_kernels
def test_what_another_has_begun_is_written_on() -> None:
    branches = convolution("x", "b", "num_output: 3"), LEAKY, convolution("x", "a", "num_output: 16")
    assert kinds(recorded(*branches, layer("Concat", "b,a", "y"))) == ["stretch", 1, "stretch"]
