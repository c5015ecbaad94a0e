from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netdef.pycaffe as caffe
from tests.pycaffe.conftest import Write

TIMES_1000 = """
name: "pythonnet" force_backward: true
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 10 dim: 9 dim: 8 } } }
layer { name: "one" type: "Python" bottom: "data" top: "one" python_param { module: "own_layers" layer: "Simple" } }
layer { name: "two" type: "Python" bottom: "one" top: "two" python_param { module: "own_layers" layer: "Simple" } }
layer { name: "three" type: "Python" bottom: "two" top: "three" python_param { module: "own_layers" layer: "Simple" } }
"""

pytestmark = pytest.mark.usefixtures("own_layers")


@pytest.fixture
def own_layers(as_caffe: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def one_layer(name: str, words: str = "", more: str = "", bottom: str = 'bottom: "data"') -> str:
    return f"""
    force_backward: true
    layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
    layer {{
      name: "layer" type: "Python" {bottom} top: "top" {more}
      python_param {{ module: "own_layers" layer: "{name}" param_str: "{words}" }}
    }}
    """


def test_forward(write: Write) -> None:
    net = caffe.Net(write(TIMES_1000), caffe.TRAIN)
    net.blobs["data"].data[...] = 8
    assert (net.forward()["three"] == 8 * 1000).all()


def test_backward(write: Write) -> None:
    net = caffe.Net(write(TIMES_1000), caffe.TRAIN)
    net.blobs["three"].diff[...] = 7
    net.backward()
    assert (net.blobs["data"].diff == 7 * 1000).all()


def test_reshape(write: Write) -> None:
    net = caffe.Net(write(TIMES_1000), caffe.TRAIN)
    net.blobs["data"].reshape(4)
    net.blobs["data"].data[...] = 8
    net.forward()
    assert all(blob.shape == (4,) for blob in net.blobs.values())


def test_errors_keep_their_type_and_name_their_layer(write: Write) -> None:
    with pytest.raises(RuntimeError, match="this layer cannot be") as caught:
        caffe.Net(write(one_layer("Raising")), caffe.TEST)
    assert caught.value.__notes__ == ['in layer "layer" (Python: own_layers.Raising)']


def test_parameters_are_learned_and_saved(write: Write, tmp_path: Path) -> None:
    net = caffe.Net(write(one_layer("Learned")), caffe.TRAIN)
    (blob,) = net.params["layer"]
    assert blob.data.tolist() == [0]
    blob.data[0] = 3
    assert (net.forward()["top"] == 3).all()
    assert net.layers[1].blobs[0].data[0] == 3
    net.save(tmp_path / "net.caffemodel")
    blob.data[0] = 1
    net.copy_from(tmp_path / "net.caffemodel")
    assert blob.data[0] == 3
    net.blobs["top"].diff[...] = 2
    net.backward()
    net.backward()
    assert blob.diff.tolist() == [2 * 2 * 6]


@pytest.mark.parametrize("phase", [caffe.TRAIN, caffe.TEST])
def test_the_phase_is_known_inside(write: Write, phase: int) -> None:
    net = caffe.Net(write(one_layer("Phase", bottom="")), phase)
    assert net.forward()["top"] == phase


def test_param_str_is_the_files(write: Write) -> None:
    net = caffe.Net(write(one_layer("Times", "-2.5")), caffe.TRAIN)
    assert (net.forward(data=np.full((2, 3), 4.0))["top"] == -10).all()
    net.blobs["top"].diff[...] = 2
    assert (net.backward()["data"] == -5).all()


def test_what_setup_writes_into_a_top_stays(write: Write) -> None:
    net = caffe.Net(write(one_layer("Constant", bottom="")), caffe.TEST)
    assert net.blobs["top"].data.tolist() == [7, 8, 9]
    assert net.forward()["top"].tolist() == [7, 8, 9]


def test_layers_are_the_users_own_objects(write: Write) -> None:
    net = caffe.Net(write(one_layer("Times", "3")), caffe.TEST)
    assert net.layer_dict["layer"].value == 3
    assert type(net.layers[1]).__name__ == "Times"
    assert net.layers[1].type == "Python"


def test_loss_weights_of_python_losses(write: Write) -> None:
    net = caffe.Net(write(one_layer("Times", "2", "loss_weight: 0.5")), caffe.TRAIN)
    assert (net.blobs["top"].diff == 0.5).all()
    net.blobs["data"].data[...] = 3
    assert net._forward(0, 1) == 6 * 6 * 0.5
    net.blobs["data"].reshape(4, 3)
    net.reshape()
    assert (net.blobs["top"].diff == 0.5).all()
    assert (net.backward()["data"] == 1).all()
