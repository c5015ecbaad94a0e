"""The drop-in ``caffe`` module: pycaffe's surface, so that old scripts and notebooks run unchanged.

``PYTHONPATH=tools/pycaffe`` makes ``import caffe`` mean it. Errors are exceptions, never an abort: those of
netdef.errors, or what the code of a Python layer raised.
"""

from typing import Any

from netdef.pycaffe import forked as forked
from netdef.pycaffe import io as io
from netdef.pycaffe._caffe import layer_type_list as layer_type_list
from netdef.pycaffe.classifier import Classifier as Classifier
from netdef.pycaffe.detector import Detector as Detector
from netdef.pycaffe.layer import Layer as Layer
from netdef.pycaffe.log import init_log as init_log
from netdef.pycaffe.log import log as log
from netdef.pycaffe.mode import TEST as TEST
from netdef.pycaffe.mode import TRAIN as TRAIN
from netdef.pycaffe.mode import has_nccl as has_nccl
from netdef.pycaffe.mode import set_device as set_device
from netdef.pycaffe.mode import set_mode_cpu as set_mode_cpu
from netdef.pycaffe.mode import set_mode_gpu as set_mode_gpu
from netdef.pycaffe.mode import set_multiprocess as set_multiprocess
from netdef.pycaffe.mode import set_random_seed as set_random_seed
from netdef.pycaffe.mode import set_solver_count as set_solver_count
from netdef.pycaffe.mode import set_solver_rank as set_solver_rank
from netdef.pycaffe.mode import solver_count as solver_count
from netdef.pycaffe.mode import solver_rank as solver_rank
from netdef.pycaffe.nccl import NCCL as NCCL
from netdef.pycaffe.net import Net as Net
from netdef.pycaffe.net_spec import NetSpec as NetSpec
from netdef.pycaffe.net_spec import layers as layers
from netdef.pycaffe.net_spec import params as params
from netdef.pycaffe.net_spec import to_proto as to_proto
from netdef.pycaffe.removed import not_in_module
from netdef.pycaffe.solvers import AdaDeltaSolver as AdaDeltaSolver
from netdef.pycaffe.solvers import AdaGradSolver as AdaGradSolver
from netdef.pycaffe.solvers import AdamSolver as AdamSolver
from netdef.pycaffe.solvers import NesterovSolver as NesterovSolver
from netdef.pycaffe.solvers import RMSPropSolver as RMSPropSolver
from netdef.pycaffe.solvers import SGDSolver as SGDSolver
from netdef.pycaffe.solvers import get_solver as get_solver
from netdef.pycaffe.timer import Timer as Timer

__version__ = "1.0.0"  # of the Caffe whose surface this is


def __getattr__(name: str) -> Any:
    """Say what came in the place of a name that was here once.

    Raises: RemovedError.
    """
    raise not_in_module(name)
