from __future__ import annotations

import netdef.pycaffe
from netdef.pycaffe import _caffe


def test_what_stands_beside_the_module_under_the_same_name_is_the_same() -> None:
    for name in ("Net", "Layer", "SGDSolver", "get_solver", "Timer", "NCCL", "log", "set_mode_cpu", "layer_type_list"):
        assert getattr(_caffe, name) is getattr(netdef.pycaffe, name)


def test_types_of_what_scripts_hold() -> None:
    layer = netdef.pycaffe.Layer()
    layer.blobs.add_blob(2, 3)
    assert type(layer.blobs) is _caffe.BlobVec
    assert type(layer.blobs[0]) is _caffe.Blob
    assert issubclass(netdef.pycaffe.AdamSolver, _caffe.Solver)
    assert isinstance([layer.blobs[0]], _caffe.RawBlobVec)


def test_layer_types_are_listed() -> None:
    assert {"Convolution", "Python", "LSTM"} <= set(_caffe.layer_type_list())
