from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.errors import UsageError
from netdef.inspect.recording import Recording, record
from netdef.loading import load
from netdef.net import Net

NET = """
name: "n"
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a/b" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
"""
LOSS = """
layer { name: "fixed" type: "Scale" bottom: "y" top: "z" param { lr_mult: 0 } }
layer { name: "sum" type: "Reduction" bottom: "z" top: "sum" loss_weight: 1 }
"""
INPUTS = {"x": np.array([[1, -2, 3], [4, 5, -6]], np.float32)}


def net(text: str, folder: Path) -> Net:
    path = folder / "net.prototxt"
    path.write_text(text)
    return load(path, device="cpu")


def test_each_blob_is_kept_in_its_last_version_and_the_inputs_too(tmp_path: Path) -> None:
    one = net(NET, tmp_path)
    found = record(one, INPUTS)
    weights = one.blobs_of("a/b")[0].detach().numpy()
    assert list(found.blobs) == ["x", "y"]
    np.testing.assert_array_equal(found.blobs["x"], INPUTS["x"])
    np.testing.assert_allclose(found.blobs["y"], np.maximum(INPUTS["x"] @ weights.T, 0), rtol=1e-6)
    assert found.gradients == {}


def test_gradients_are_those_of_what_is_learned(tmp_path: Path) -> None:
    found = record(net(NET + LOSS, tmp_path), INPUTS, backward=True)
    assert list(found.gradients) == ["a/b/0", "a/b/1"]
    active = (found.blobs["y"] > 0).astype(np.float32)
    np.testing.assert_allclose(found.gradients["a/b/0"], active.T @ INPUTS["x"])
    np.testing.assert_allclose(found.gradients["a/b/1"], active.sum(0))


def test_what_no_gradient_reaches_has_zeros(tmp_path: Path) -> None:
    unread = NET.replace('top: "y"', 'top: "other"').split('layer { name: "relu"')[0]
    loss = 'layer { name: "s" type: "Reduction" bottom: "x" top: "sum" loss_weight: 1 }'
    again = 'layer { name: "c" type: "Bias" bottom: "x" top: "c" } '
    loss = again + loss.replace('bottom: "x"', 'bottom: "c"')
    found = record(net(unread + loss, tmp_path), INPUTS, backward=True)
    assert found.gradients["a/b/0"].tolist() == [[0, 0, 0]] * 4
    assert found.gradients["c/0"].any()


def test_without_a_loss_there_are_no_gradients(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'net "n" has no loss in this phase.*\n +choose another phase'):
        record(net(NET, tmp_path), INPUTS, backward=True)


def test_the_names_are_those_of_blobs_and_of_layers_with_gradients() -> None:
    one = np.zeros(1)
    assert Recording({"x": one, "y": one}, {"a/b/0": one, "a/b/1": one, "y/0": one}).names == ["x", "y", "a/b"]
