from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import WeightsError
from netdef.weights.caffemodel import read_caffemodel
from netdef.weights.contents import LayerWeights, WeightsFile
from netdef.weights.saved_file import ArrayBlob, saved_file
from tests.weights.conftest import GOLDEN


def saved(kind: str, *shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    blobs = tuple(np.zeros(shape, np.float32) for shape in shapes)
    (layer,) = saved_file(WeightsFile("x", "n", (LayerWeights("a", kind, blobs),))).layers
    return [blob.values().shape for blob in layer.blobs]


@pytest.mark.parametrize(
    ("word", "today"),
    [
        ("conv", "Convolution"),
        ("INNER_PRODUCT", "InnerProduct"),
        ("TANH", "TanH"),
        ("Scale", "Scale"),
        ("V1 type 42", "V1 type 42"),
        ("", ""),
    ],
)
def test_types_are_called_as_today(word: str, today: str) -> None:
    (layer,) = saved_file(WeightsFile("x", "n", (LayerWeights("a", word, ()),))).layers
    assert (layer.message.name, layer.message.type) == ("a", today)


def test_blobs_that_old_files_pad_to_four_axes_are_as_many_as_today() -> None:
    assert saved("INNER_PRODUCT", (1, 1, 5, 3), (1, 1, 1, 5)) == [(5, 3), (5,)]
    assert saved("innerproduct", (1, 1, 1, 3), (1, 1, 1, 1)) == [(1, 3), (1,)]
    assert saved("conv", (1, 1, 2, 3), (1, 1, 1, 1)) == [(1, 1, 2, 3), (1,)]


def test_other_shapes_stay() -> None:
    assert saved("InnerProduct", (5, 3), (5,)) == [(5, 3), (5,)]
    assert saved("InnerProduct", (2, 1, 5, 3)) == [(2, 1, 5, 3)]
    assert saved("Scale", (1, 1, 1, 4), ()) == [(1, 1, 1, 4), ()]


def test_numbers_are_float32_or_float64() -> None:
    for given, stored in ((np.float16, np.float32), (np.int32, np.float32), (np.float64, np.float64)):
        blob = ArrayBlob("a", 0, np.arange(6, dtype=given).reshape(2, 3))
        assert blob.values().dtype == stored
        assert blob.bytes == blob.values().nbytes
        assert blob.values().tolist() == [[0, 1, 2], [3, 4, 5]]
        assert blob.diff().tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_blob_that_another_layer_owns_has_no_values() -> None:
    blob = ArrayBlob("b", 1, None)
    assert (blob.owned, blob.bytes) == (False, 0)
    with pytest.raises(WeightsError, match=r'blob 1 of layer "b" is not in the file.*\n +give the model: --model'):
        blob.values()


@pytest.mark.parametrize("form", ["v0", "v1"])
def test_the_types_are_those_of_caffes_own_upgrade(form: str) -> None:
    old, new = (read_caffemodel(GOLDEN / f"upgrade/{form}_legacy{end}.caffemodel") for end in ("", ".upgraded"))
    types = {layer.message.name: layer.message.type for layer in saved_file(old).layers}
    assert types.items() >= {(layer.name, layer.type) for layer in new.layers if layer.blobs}
