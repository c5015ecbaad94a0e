from __future__ import annotations

import pytest

from netdef.draw import joined_memory
from netdef.draw.joined_memory import Joined
from netdef.draw.memory import training_memory
from netdef.graph.graph import Graph
from netdef.graph.place import place
from tests.chains import BN, IMAGES, SCALE, C
from tests.graph.texts import graph, layer, node, value

LOSS = layer("EuclideanLoss", "y,x", "loss")
RESIDUAL = C, BN, SCALE, layer("Eltwise", "x,c", "y"), layer("ReLU", "y", "y", name="r"), LOSS
BLOB = 4 * 2 * 4 * 7 * 5  # bytes


def activations(made: Graph) -> int:
    found = training_memory(place(made))
    assert found is not None
    return found["activations"]


def test_what_is_written_over_is_no_memory_of_its_own() -> None:
    made = graph(IMAGES, *RESIDUAL)
    found = Joined(place(made))
    blobs = [value(made, "c", 1), value(made, "c", 2), value(made, "y"), value(made, "y", 1)]
    assert {found.storage(blob) for blob in blobs} == {blobs[-1]}
    assert found.storage(value(made, "c")) is value(made, "c")


def test_scale_keeps_nothing_and_shares_the_gradient() -> None:
    made = graph(IMAGES, *RESIDUAL)
    found = Joined(place(made))
    assert list(found.kept(node(made, "s"))) == []
    assert found.shares_gradient(node(made, "s"))
    assert not found.shares_gradient(node(made, "bn"))
    assert list(found.kept(node(made, "bn"))) == [(value(made, "c"), BLOB)]
    assert list(found.kept(node(made, "r"))) == [(value(made, "y", 1), BLOB)]


def test_a_residual_keeps_its_input_the_convolution_s_output_and_the_sum() -> None:
    assert activations(graph(IMAGES, *RESIDUAL)) == 3 * BLOB + 4


def test_layers_on_several_devices_keep_what_each_keeps() -> None:
    apart = [text.replace("type", 'device: "1" type', 1) for text in RESIDUAL[:-1]]
    made = graph(IMAGES.replace("type", 'device: "0" type', 1), *apart, LOSS)
    found = Joined(place(made))
    assert len(list(found.kept(node(made, "s")))) == 1
    assert activations(made) > 3 * BLOB + 4


POOLED = layer("Pooling", "c", "p", "pooling_param { kernel_size: 2 stride: 2 }"), layer("EuclideanLoss", "p,t", "loss")
TARGET = 'layer { name: "t" type: "Input" top: "t" input_param { shape { dim: 2 dim: 4 dim: 4 dim: 3 } } }'
MAXIMA = 2 * 4 * 4 * 3  # numbers


@pytest.mark.parametrize("relu", [(), (layer("ReLU", "c", "c", name="r"),)])
def test_of_a_convolution_whose_maxima_are_found_at_once_only_these_are_kept(
    relu: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined_memory, "are_built", lambda: True)
    made = graph(IMAGES, TARGET, C, *relu, *POOLED)
    found = Joined(place(made))
    assert list(found.made(node(made, "c"))) == []
    assert list(found.made(node(made, "p"))) == [(value(made, "p"), 4 * MAXIMA)]
    assert sum(size for name in ("p", *("r" for _ in relu)) for _, size in found.kept(node(made, name))) == (
        (1 + 4 * len(relu)) * MAXIMA
    )
    assert all(found.shares_gradient(node(made, name)) for name in ("p", *("r" for _ in relu)))
    at_once = activations(made)
    monkeypatch.setattr(joined_memory, "are_built", lambda: False)
    assert activations(made) > at_once + BLOB // 2
    assert list(Joined(place(made)).made(node(made, "c"))) == [(value(made, "c", len(relu)), BLOB)]
