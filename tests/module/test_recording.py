from __future__ import annotations

from netdef.module.recorded import Recorded
from tests.chains import convolution
from tests.compiled import needs_kernels
from tests.graph.texts import layer
from tests.recordings import recorded

LEAKY = layer("ReLU", "b", "b", "relu_param { negative_slope: 0.5 }", "leaky")
MEAN = layer("Pooling", "x", "m", "pooling_param { pool: AVE kernel_size: 3 }")


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
