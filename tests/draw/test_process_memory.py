from __future__ import annotations

import pytest

from netdef.draw import process_memory
from netdef.draw.memory import training_memory
from netdef.draw.process_memory import LIBRARIES, ProcessMemory
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.kernels.built import are_built
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer, message
from tests.nets import LOSS

DATA = """layer {{ name: "x" type: "Data" top: "x" top: "label" data_param {{ source: "db" batch_size: 5 {} }}
    transform_param {{ crop_size: 2 }} }}"""
PLANES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 dim: 6 dim: 7 } } }'
LISTED = """layer { name: "x" type: "ImageData" top: "x" top: "label" image_data_param { source: "list" batch_size: 5
    new_height: 6 new_width: 8 } }"""


def found(made: Graph) -> ProcessMemory:
    memory = process_memory.process_memory(place(made))
    assert memory is not None
    return memory


def test_a_process_has_libraries_and_a_quarter_more_than_its_tensors() -> None:
    made = graph(IMAGES, LABELS, inner_product("x", "y", 4), LOSS)
    memory = found(made)
    tensors = training_memory(place(made))
    assert tensors is not None
    assert {**memory, "process": 0} == {**tensors, "process": 0}
    assert memory["process"] == LIBRARIES + memory["peak"] + memory["peak"] // 4


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ("kernel_size: 3", 36 * 4 * 3),
        ("kernel_size: 5 pad: 2", 36 * 4 * 3),
        ("kernel_size: 2", 0),
        ("kernel_size: 1", 0),
    ],
)
def test_convolutions_need_their_kernels_at_the_points(options: str, values: int) -> None:
    convolution = layer("Convolution", "x", "c", f"convolution_param {{ num_output: 4 {options} }}")
    memory = found(graph(PLANES, LABELS, convolution, inner_product("c", "y", 4), LOSS))
    alone = LIBRARIES + memory["peak"] + memory["peak"] // 4
    assert memory["process"] - alone == (4 * values if are_built() else 0)


def beside(source: str) -> int:
    """Return the bytes that are predicted for batches."""
    texts = (source, inner_product("x", "y", 4), LOSS)
    state = schema.NetState(phase=schema.TRAIN)
    memory = found(build(message(*texts), state, record_shapes=lambda source: [(3, 6, 8)]))
    return memory["process"] - (LIBRARIES + memory["peak"] + memory["peak"] // 4)


SOURCES = [
    (DATA.format(""), 4, 5 * 3 * 2 * 2),
    (DATA.format("prefetch: 9"), 9, 5 * 3 * 2 * 2),
    (LISTED, 4, 5 * 3 * 6 * 8),
]


@pytest.mark.parametrize(("source", "ahead", "numbers"), SOURCES)
def test_batches_made_ahead_are_bytes_without_kernels(
    source: str, ahead: int, numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_memory, "are_built", lambda: False)
    assert beside(source) == (ahead + 2) * numbers


@pytest.mark.parametrize(("source", "ahead", "numbers"), SOURCES)
def test_batches_made_ahead_are_floats_with_kernels(
    source: str, ahead: int, numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_memory, "are_built", lambda: True)
    assert beside(source) == (ahead + 1) * 4 * numbers
    coloured = source.replace("transform_param {", "transform_param { colour_pca { } ")
    assert beside(coloured) == (beside(source) if coloured == source else (ahead + 2) * numbers)


def test_only_training_has_a_prediction() -> None:
    assert process_memory.process_memory(place(graph(IMAGES, inner_product("x", "a"), phase=schema.TEST))) is None
