from __future__ import annotations

import pytest

from netdef.errors import DefinitionError
from netdef.pycaffe import TEST, Net
from tests.pycaffe.conftest import Write

NET = """
input: "x" input_shape { dim: 2 dim: 3 dim: 8 dim: 7 }
input: "y" input_shape { dim: 2 dim: 3 dim: 8 dim: 7 }
layer { name: "sum" type: "Eltwise" bottom: "x" bottom: "y" top: "sum" }
layer { name: "conv" type: "Convolution" bottom: "sum" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "fc" type: "InnerProduct" bottom: "conv" top: "fc" inner_product_param { num_output: 5 } }
"""


@pytest.fixture
def net(write: Write) -> Net:
    return Net(write(NET), TEST)


def reshape(net: Net, *x: int, y: tuple[int, ...] | None = None) -> None:
    net.blobs["x"].reshape(*x)
    net.blobs["y"].reshape(*(y or x))


def test_a_batch_of_another_size_fits(net: Net) -> None:
    reshape(net, 6, 3, 8, 7)
    assert net.forward()["fc"].shape == (6, 5)


@pytest.mark.parametrize("way", ["forward", "reshape"])
def test_a_matrix_is_for_bottoms_of_one_size(net: Net, way: str) -> None:
    reshape(net, 2, 3, 9, 7)
    with pytest.raises(
        DefinitionError,
        match=r'net.prototxt:6:1: layer "fc" \(InnerProduct\): a bottom of 2×4×7×5 needs a parameter 0 of 5×140,'
        r" it is of 5×120\n.*reshape inputs to what the net was made for",
    ) as first:
        getattr(net, way)()
    with pytest.raises(DefinitionError) as second:
        net.forward()
    assert str(first.value) == str(second.value)


def test_filters_are_for_bottoms_of_one_depth(net: Net) -> None:
    reshape(net, 2, 1, 8, 7)
    with pytest.raises(DefinitionError, match=r'layer "conv" .*needs a parameter 0 of 4×1×3×3, it is of 4×3×3×3'):
        net.forward()


def test_the_layers_own_rules_hold(net: Net) -> None:
    reshape(net, 2, 3, 9, 7, y=(2, 3, 8, 7))
    with pytest.raises(DefinitionError, match=r'net.prototxt:4:1: layer "sum" \(Eltwise\): bottom'):
        net.forward()
