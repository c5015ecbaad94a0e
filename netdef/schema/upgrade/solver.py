"""Solver files: the old enum of update rules, and nets of any age inside the file."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.schema.netdef_pb2 import NetParameter, SolverParameter
from netdef.schema.upgrade.net import upgrade_forms
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded, UpgradeError

_TYPES = {
    SolverParameter.SGD: "SGD",
    SolverParameter.NESTEROV: "Nesterov",
    SolverParameter.ADAGRAD: "AdaGrad",
    SolverParameter.RMSPROP: "RMSProp",
    SolverParameter.ADADELTA: "AdaDelta",
    SolverParameter.ADAM: "Adam",
}


def upgrade_solver(solver: SolverParameter) -> Upgraded[SolverParameter]:
    """Bring a solver to today's form, with the nets that stand in it.

    Raises: UpgradeError where it cannot be done.
    Source: upgrade_proto.cpp, UpgradeSolverType
    """
    return Upgraded(solver).then(_upgrade_type).then(_upgrade_nets).announced()


def _upgrade_type(solver: SolverParameter) -> Upgraded[SolverParameter]:
    if not solver.HasField("solver_type"):
        return Upgraded(solver)
    old = SolverParameter.SolverType.Name(solver.solver_type)
    if solver.HasField("type"):
        message = f'the solver has type "{solver.type}" and solver_type {old}, must have one of them'
        raise UpgradeError(("solver_type",), message, "remove solver_type, the older of the two")
    upgraded = SolverParameter()
    upgraded.CopyFrom(solver)
    upgraded.ClearField("solver_type")
    upgraded.type = _TYPES[solver.solver_type]
    return Upgraded(upgraded, {("type",): ("solver_type",)}, ("`solver_type`",))


def _upgrade_nets(solver: SolverParameter) -> Upgraded[SolverParameter]:
    results = {place: _upgrade_nested(place, net) for place, net in _nets(solver)}
    if all(results[place].message is net for place, net in _nets(solver)):
        return Upgraded(solver)
    upgraded = SolverParameter()
    upgraded.CopyFrom(solver)
    for place, net in _nets(upgraded):
        net.CopyFrom(results[place].message)
    paths = {place + new: place + old for place, result in results.items() for new, old in result.paths.items()}
    return Upgraded(upgraded, paths, tuple(notice for result in results.values() for notice in result.notices))


def _upgrade_nested(place: Path, net: NetParameter) -> Upgraded[NetParameter]:
    try:
        return upgrade_forms(net)
    except UpgradeError as error:
        raise error.at(place + error.path) from None


def _nets(solver: SolverParameter) -> Iterator[tuple[Path, NetParameter]]:
    for name in ("train_net_param", "net_param"):
        if solver.HasField(name):
            yield (name,), getattr(solver, name)
    for index, net in enumerate(solver.test_net_param):
        yield ("test_net_param", index), net
