from __future__ import annotations

import subprocess
import sys

import pytest

from netdef.errors import OptionError
from netdef.layers.base import Layer
from netdef.layers.register import layer, layer_types, make_layer
from netdef.schema import netdef_pb2 as schema


def test_types_are_found_by_scanning_the_folder_and_sorted() -> None:
    types = layer_types()
    assert list(types) == sorted(types)
    assert {"ReLU", "Convolution", "SoftmaxWithLoss"} <= set(types)
    assert all(cls.type == name for name, cls in types.items())


def test_all_types_load_without_torch_and_numpy() -> None:
    code = "import sys, netdef.layers.register as r; r.layer_types(); print({'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(OptionError, match='unknown layer type "Convolutoin"') as caught:
        make_layer(schema.LayerParameter(type="Convolutoin"))
    assert caught.value.hint == 'did you mean "Convolution"?'
    assert caught.value.path == ("type",)


def test_a_type_like_no_other_is_refused_with_all_names() -> None:
    with pytest.raises(OptionError) as caught:
        make_layer(schema.LayerParameter(type="Zzz"))
    assert caught.value.hint.startswith("known types: ")
    assert "Pooling" in caught.value.hint


def test_two_classes_for_one_type_are_fatal() -> None:
    with pytest.raises(RuntimeError, match='two classes for layer type "ReLU"'):
        layer("ReLU")(type("Second", (Layer,), {}))
