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


@pytest.mark.parametrize(("found", "meant"), [("convolution", "Convolution"), ("INNER_PRODUCT", "InnerProduct")])
def test_another_spelling_is_no_other_word(found: str, meant: str) -> None:
    with pytest.raises(OptionError) as caught:
        make_layer(schema.LayerParameter(type=found))
    assert caught.value.hint == f'did you mean "{meant}"?'


@pytest.mark.parametrize("name", ["Zzz", "EuclideanLossOfHeatmaps"])
def test_a_type_like_no_other_may_become_a_python_layer(name: str) -> None:
    with pytest.raises(OptionError) as caught:
        make_layer(schema.LayerParameter(type=name))
    assert "a Python layer can compute it" in caught.value.hint


def test_a_type_of_a_fork_is_told_with_its_counterpart() -> None:
    with pytest.raises(OptionError) as caught:
        make_layer(schema.LayerParameter(type="ReLU6"))
    assert caught.value.hint.endswith('type: "Clip" clip_param { min: 0 max: 6 } is the same')


def test_a_layer_without_a_type_is_refused() -> None:
    with pytest.raises(OptionError, match="has no type, must have one"):
        make_layer(schema.LayerParameter())


def test_two_classes_for_one_type_are_fatal() -> None:
    with pytest.raises(RuntimeError, match='two classes for layer type "ReLU"'):
        layer("ReLU")(type("Second", (Layer,), {}))
