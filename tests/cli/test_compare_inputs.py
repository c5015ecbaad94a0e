from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.cli.compare_inputs import Input, arrays, inputs, inputs_of_b, read_inputs, those_among
from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.inspect.recording import Recording
from netdef.inspect.recording_file import write_recording
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema

TWO = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 dim: 5 } } }
layer { name: "y" type: "Input" top: "label" top: "y" input_param { shape { dim: 3 } shape { dim: 3 dim: 4 } } }
"""
GIVEN = Input(np.ones((7, 4), np.float32), "there")


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    return built(TWO, tmp_path)


def built(text: str, folder: Path) -> Graph:
    path = folder / "net.prototxt"
    path.write_text(text)
    return load_graph(str(path), schema.NetState(phase=schema.TEST))


def test_random_numbers_are_those_that_numpy_gives_to_everybody(graph: Graph) -> None:
    found = inputs(graph, {}, batch=None, seed=5)
    numbers = np.random.RandomState(5)
    np.testing.assert_array_equal(found["x"].array, numbers.rand(3, 2, 5).astype(np.float32))
    np.testing.assert_array_equal(found["y"].array, numbers.rand(3, 4).astype(np.float32))
    assert found["label"].array.tolist() == [0, 0, 0]
    assert [one.origin for one in found.values()] == ["random, seed 5", "zeros", "random, seed 5"]


def test_a_batch_takes_the_place_of_random_first_axes(graph: Graph) -> None:
    found = arrays(inputs(graph, {"y": GIVEN}, batch=4, seed=0))
    assert {name: array.shape for name, array in found.items()} == {"x": (4, 2, 5), "label": (4,), "y": (7, 4)}


@pytest.mark.parametrize("shape", [(3, 5), (3,), (3, 4, 1)])
def test_an_array_of_another_shape_is_refused(graph: Graph, shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match=r'^there: input "y" is .*, but the net takes 3×4: only the first number'):
        inputs(graph, {"y": Input(np.ones(shape), "there")}, batch=None, seed=0)


def test_inputs_are_read_under_each_of_their_names(graph: Graph, tmp_path: Path) -> None:
    write_recording(Recording({"in/y": GIVEN.array, "more": GIVEN.array}), tmp_path / "in.npz")
    found = read_inputs(str(tmp_path / "in.npz"), graph)
    assert [(name, one.origin) for name, one in found.items()] == [("y", str(tmp_path / "in.npz"))]


def test_inputs_are_found_among_blobs_of_other_names(graph: Graph) -> None:
    found = those_among({"why": GIVEN.array, "y": GIVEN.array, "z": GIVEN.array}, graph, {"x": "why"}, "there")
    assert set(found) == {"x", "y"}


def test_the_other_net_takes_them_and_zeros_as_labels(graph: Graph) -> None:
    found = inputs_of_b(graph, {"x": Input(np.ones((7, 2, 5)), "there"), "y": GIVEN})
    assert found["y"] is GIVEN
    assert found["label"].array.tolist() == [0] * 7


@pytest.mark.parametrize(("given", "has", "hint"), [({"y": GIVEN}, "y", "y=x"), ({}, "none", "X=x")])
def test_the_other_net_draws_nothing_of_its_own(graph: Graph, given: dict[str, Input], has: str, hint: str) -> None:
    with pytest.raises(UsageError, match=rf'B has an input "x", A has {has}\n.*--map {hint}$'):
        inputs_of_b(graph, given)
