"""The drop-in ``caffe`` module: pycaffe's surface, so that old scripts and notebooks run unchanged."""

from netdef.pycaffe.layer import Layer as Layer
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
from netdef.pycaffe.net import Net as Net
from netdef.pycaffe.solvers import AdaDeltaSolver as AdaDeltaSolver
from netdef.pycaffe.solvers import AdaGradSolver as AdaGradSolver
from netdef.pycaffe.solvers import AdamSolver as AdamSolver
from netdef.pycaffe.solvers import NesterovSolver as NesterovSolver
from netdef.pycaffe.solvers import RMSPropSolver as RMSPropSolver
from netdef.pycaffe.solvers import SGDSolver as SGDSolver
from netdef.pycaffe.solvers import get_solver as get_solver
