"""Nets and solvers under the name of the module that they had in Caffe."""

from netdef.pycaffe.net import Net as Net
from netdef.pycaffe.solvers import AdaDeltaSolver as AdaDeltaSolver
from netdef.pycaffe.solvers import AdaGradSolver as AdaGradSolver
from netdef.pycaffe.solvers import AdamSolver as AdamSolver
from netdef.pycaffe.solvers import NesterovSolver as NesterovSolver
from netdef.pycaffe.solvers import RMSPropSolver as RMSPropSolver
from netdef.pycaffe.solvers import SGDSolver as SGDSolver
from netdef.pycaffe.solvers import get_solver as get_solver
