from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.graph.splits import SplitLayer
from netdef.pycaffe.names import Names, need_all

LAYERS = [
    SplitLayer("d", "Input", (), ("x", "y"), None),
    SplitLayer("ip", "InnerProduct", ("x",), ("ip",), None),
    SplitLayer("relu", "ReLU", ("ip",), ("ip",), None),
    SplitLayer("acc", "Accuracy", ("ip",), ("b", "a"), None),
]


def test_names_are_listed_as_caffe_lists_them() -> None:
    names = Names(LAYERS)
    assert names.layers == ["d", "ip", "relu", "acc"]
    assert (names.inputs, names.outputs) == (["x", "y"], ["a", "b", "y"])
    assert (names.tops["d"], names.bottoms["relu"]) == (["x", "y"], ["ip"])


def test_tops_that_no_file_names_are_not_put_out() -> None:
    loss = SplitLayer("loss", "EuclideanLoss", ("a", "b"), ("(automatic)",), None)
    assert Names([*LAYERS, loss]).outputs == ["y"]


def test_layers_are_found_by_name() -> None:
    names = Names(LAYERS)
    assert names.layer("relu") == 2
    with pytest.raises(UsageError, match='the net has no layer "rely"; did you mean "relu"'):
        names.layer("rely")


def test_arrays_must_be_for_all_blobs() -> None:
    need_all("inputs", {"b": 1, "a": 2}, ["a", "b"])
    with pytest.raises(UsageError, match="arrays are given for a, but the net's inputs are a, b"):
        need_all("inputs", ["a"], ["a", "b"])
    with pytest.raises(UsageError, match="the net's outputs are none"):
        need_all("outputs", ["a"], [])
