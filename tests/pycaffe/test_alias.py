from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import caffe
import caffe.io
import caffe._caffe, caffe.draw, caffe.coord_map, caffe.net_spec, caffe.classifier, caffe.detector, caffe.pycaffe
from caffe import layers as L, params as P
from caffe.proto import caffe_pb2
from caffe.coord_map import crop
from caffe.net_spec import NetSpec, assign_proto

assert NetSpec is caffe.NetSpec is caffe.net_spec.NetSpec
assert caffe.pycaffe.Net is caffe.Net and caffe.classifier.Classifier is caffe.Classifier
assert caffe.coord_map.crop is crop and caffe.io.Transformer and caffe.draw.draw_net_to_file
assert (caffe.TRAIN, caffe.TEST) == (caffe_pb2.TRAIN, caffe_pb2.TEST) == (0, 1)
assert caffe.io.caffe_pb2 is caffe_pb2 and caffe_pb2._POOLINGPARAMETER_POOLMETHOD.values_by_name["AVE"].number == 1
assert P.Pooling.MAX == 0 and P.Eltwise.SUM == caffe_pb2.EltwiseParameter.SUM
assert L.ReLU(L.Input()).to_proto().layer[1].type == "ReLU"
assert {"Convolution", "Python", "LSTM"} <= set(caffe.layer_type_list())
assert caffe.__version__.startswith("1.")
for name in "Datum BlobProto BlobProtoVector NetParameter SolverParameter SolverState LayerParameter NetState".split():
    assert getattr(caffe_pb2, name)().ByteSize() == 0
SURFACE = '''Net SGDSolver NesterovSolver AdaGradSolver RMSPropSolver AdaDeltaSolver AdamSolver get_solver NCCL Timer
    init_log log set_mode_cpu set_mode_gpu set_random_seed Layer set_device solver_count set_solver_count solver_rank
    set_solver_rank set_multiprocess has_nccl layer_type_list Classifier Detector io layers params NetSpec to_proto'''
missing = [name for name in SURFACE.split() if not hasattr(caffe, name)]
assert not missing, missing
"""


@pytest.mark.parametrize("as_installed", [False, True])
def test_import_caffe_means_this_package(as_installed: bool, tmp_path: Path) -> None:
    path = [str(ROOT / "tools" / "pycaffe"), *([str(ROOT)] if as_installed else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], cwd=tmp_path, env=environment, check=True)
