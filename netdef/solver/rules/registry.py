"""The solver types by the names that ``type`` in a solver file may hold."""

from __future__ import annotations

from netdef.schema import netdef_pb2 as schema
from netdef.solver.choice import unknown_choice
from netdef.solver.rules.adadelta import AdaDelta
from netdef.solver.rules.adagrad import AdaGrad
from netdef.solver.rules.adam import Adam
from netdef.solver.rules.base import Rule
from netdef.solver.rules.nesterov import Nesterov
from netdef.solver.rules.rmsprop import RMSProp
from netdef.solver.rules.sgd import SGD

SOLVER_TYPES: dict[str, type[Rule]] = {
    "AdaDelta": AdaDelta,
    "AdaGrad": AdaGrad,
    "Adam": Adam,
    "Nesterov": Nesterov,
    "RMSProp": RMSProp,
    "SGD": SGD,
}


def rule_of(solver: schema.SolverParameter) -> Rule:
    """Return the rule that a solver's message asks for.

    Raises: OptionError for an unknown type, or an option that the type refuses.
    """
    if solver.type not in SOLVER_TYPES:
        raise unknown_choice("type", solver.type, SOLVER_TYPES)
    return SOLVER_TYPES[solver.type].from_solver(solver)
