from __future__ import annotations

import pytest

from netdef.layers.register import layer_types
from netdef.schema.forks.names import folded
from netdef.schema.forks.types import owners, type_like, way_round_type


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ReLU6", "comes from YOLO's Caffe, MobileNet's Caffe: type: \"Clip\""),
        ("DepthwiseConvolution", 'DepthwiseConvolution comes from MobileNet\'s Caffe: type: "Convolution"'),
        ("PriorBox", "PriorBox comes from SSD's Caffe: netdef has no such layer; a Python layer can compute it"),
        ("IMAGE_SEG_DATA", "ImageSegData comes from DeepLab's Caffe: "),
        ("FcRistretto", 'type: "InnerProduct" is the same in floats'),
    ],
)
def test_each_type_of_a_fork_has_its_owner_and_a_way_round(name: str, words: str) -> None:
    assert words in way_round_type(name)


def test_types_of_no_known_fork_have_none() -> None:
    assert way_round_type("Convolution") == way_round_type("Unheard") == ""


def test_a_type_is_known_in_any_spelling() -> None:
    assert type_like("roi_pooling") == type_like("ROIPOOLING") == "ROIPooling"
    assert owners("ROIPooling") == "Fast R-CNN's Caffe"


def test_no_type_of_netdef_is_taken_for_a_fork_s() -> None:
    assert [name for name in layer_types() if type_like(name) not in ("", "Lstm")] == []
    assert "lrn" in map(folded, layer_types())
