"""What Caffe's Python module took from its C++ code, under the name of that module.

Scripts ask it for types: ``type(net.params["conv1"]) is caffe._caffe.BlobVec``.
"""

from netdef.blob import Blob as Blob
from netdef.layers.register import layer_types
from netdef.pycaffe.blob_vec import BlobVec as BlobVec
from netdef.pycaffe.layer import Layer as Layer
from netdef.pycaffe.log import init_log as init_log
from netdef.pycaffe.log import log as log
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
from netdef.pycaffe.solvers import AdaDeltaSolver as AdaDeltaSolver
from netdef.pycaffe.solvers import AdaGradSolver as AdaGradSolver
from netdef.pycaffe.solvers import AdamSolver as AdamSolver
from netdef.pycaffe.solvers import NesterovSolver as NesterovSolver
from netdef.pycaffe.solvers import RMSPropSolver as RMSPropSolver
from netdef.pycaffe.solvers import SGDSolver as SGDSolver
from netdef.pycaffe.solvers import Solver as Solver
from netdef.pycaffe.solvers import get_solver as get_solver
from netdef.pycaffe.timer import Timer as Timer

RawBlobVec = list  # what Python layers are handed: bottoms and tops


def layer_type_list() -> list[str]:
    """Return the names of all layer types, sorted."""
    return list(layer_types())
