from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from netdef.cli.compare import configure
from netdef.cli.compare_inputs import Input
from netdef.cli.compare_nets import FileSide, NetSide, open_a, open_b
from netdef.errors import DataError, DefinitionError
from netdef.inspect.recording import Recording
from netdef.inspect.recording_file import write_recording
from netdef.weights.file import save_weights

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 4 } }
"""


def arguments(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    configure(parser)
    return parser.parse_args([str(word) for word in words])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    return path


def weighted(model: Path, name: str, value: float) -> Path:
    net = open_a(arguments(model))
    net.blobs_of("a")[0].data.fill_(value)
    save_weights(net, model.with_name(name))
    return model.with_name(name)


def test_weights_behind_the_model_win(model: Path) -> None:
    one, two = weighted(model, "1.caffemodel.h5", 1), weighted(model, "2.caffemodel", 2)
    for words, value in (
        ((model, "--weights", two), 2),
        ((model, "--weights", two, "--weights-a", one), 1),
        ((f"{model}:{one}", "--weights-a", two), 1),
    ):
        assert (open_a(arguments(*words)).blobs_of("a")[0] == value).all()


def test_weights_in_hdf5_make_no_recording_of_a_net(model: Path) -> None:
    weights = weighted(model, "1.caffemodel.h5", 1)
    a = open_a(arguments(model))
    b = open_b(arguments(model, f"{model}:{weights}"), a.graph, {})
    assert isinstance(b, NetSide)
    assert (b.net.blobs_of("a")[0] == 1).all()
    assert b.inputs(a.graph, {}) == {}


def test_a_file_whose_name_has_a_colon_is_found(model: Path) -> None:
    odd = model.rename(model.with_name("a:b.prototxt"))
    assert open_a(arguments(odd)).graph.nodes


def test_a_recording_holds_as_blobs_under_bs_names(model: Path, tmp_path: Path) -> None:
    arrays = {"out/why": np.ones((2, 4)), "in/x": np.ones((2, 3))}
    write_recording(Recording(arrays, {"b/0": np.ones(3)}), tmp_path / "r.npz")
    a, names = open_a(arguments(model)), {"y": "why", "a": "b"}
    b = open_b(arguments(model, tmp_path / "r.npz"), a.graph, names)
    assert isinstance(b, FileSide)
    assert b.net is None
    assert list(b.inputs(a.graph, names)) == ["x"]
    found = b.recording({}, names, backward=True)
    assert (list(found.blobs), list(found.gradients)) == (["x", "why"], ["b/0"])


def test_a_net_is_fed_with_as_inputs_under_its_own_names(model: Path) -> None:
    a = open_a(arguments(model))
    fed = {"data": Input(np.full((2, 3), 5), "there")}
    assert (NetSide(a).recording(fed, {"data": "x"}, backward=False).blobs["x"] == 5).all()


@pytest.mark.parametrize(("word", "error"), [("none.npz", DataError), ("none.prototxt", DefinitionError)])
def test_what_is_not_there_is_refused(model: Path, word: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="no such file"):
        open_b(arguments(model, model.with_name(word)), open_a(arguments(model)).graph, {})
