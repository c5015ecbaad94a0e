from __future__ import annotations

import pytest

from netdef.pycaffe.blob_vec import BlobVec
from netdef.pycaffe.layer import Layer


class Own(Layer):
    def __init__(self, *arguments: object) -> None:
        self.given = arguments  # without a call of the base's


def test_every_layer_has_blobs_of_its_own() -> None:
    one, other = Own(1, 2), Own()
    one.blobs.add_blob(2, 3)
    one.blobs.add_blob()
    assert [blob.shape for blob in one.blobs] == [(2, 3), ()]
    assert other.blobs == []
    assert isinstance(one.blobs, BlobVec)
    assert (one.given, one.type, one.param_str) == ((1, 2), "Python", "")


def test_the_text_has_its_old_name_too() -> None:
    layer = Own()
    layer.param_str = "'stride': 16"
    assert layer.param_str_ == "'stride': 16"


@pytest.mark.parametrize("method", ["reshape", "forward"])
def test_methods_that_are_missing_are_named(method: str) -> None:
    with pytest.raises(NotImplementedError, match=f"Own has no method {method}"):
        getattr(Own(), method)([], [])
    with pytest.raises(NotImplementedError, match="Own has no method backward"):
        Own().backward([], [], [])
    Own().setup([], [])
