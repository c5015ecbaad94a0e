"""Which nets a solver's message names, and the phase, level and stages of each.

Source: Solver::InitTrainNet, InitTestNets, solver.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

Path = tuple[str | int, ...]
TRAIN_FIELDS = ("train_net_param", "train_net", "net_param", "net")


@dataclass(frozen=True)
class NetChoice:
    """A net of the solver: the field that gives it, a file name or a message, and what to add to its own state."""

    path: Path
    file: str | None
    message: schema.NetParameter | None
    phase: schema.Phase
    state: schema.NetState
    iterations: int = 0

    def state_for(self, net: schema.NetParameter) -> schema.NetState:
        """Return the state to build ``net`` in: the phase, what the net says of itself, then what the solver says."""
        state = schema.NetState(phase=self.phase)
        state.MergeFrom(net.state)
        state.MergeFrom(self.state)
        return state


def train_net(options: schema.SolverParameter) -> NetChoice:
    """Return the net to train.

    Raises: OptionError unless exactly one field gives it.
    """
    given = [field for field in TRAIN_FIELDS if options.HasField(field)]
    if len(given) != 1:
        found = " and ".join(given) if given else "none of them"
        path = (given[1],) if given else ()
        raise OptionError(f"one of {', '.join(TRAIN_FIELDS)} must give the train net; found {found}", path=path)
    return _choice(options, (given[0],), schema.TRAIN, options.train_state)


def tested_nets(options: schema.SolverParameter) -> list[NetChoice]:
    """Return the nets to test: test_net_param, then test_net, then the train net's file for what test_iter has left.

    Raises: OptionError if the numbers of test nets, test_iter and test_state do not fit.
    """
    paths = list(_test_paths(options))
    _check_number("test_iter", options.test_iter, paths)
    if options.test_state:
        _check_number("test_state", options.test_state, paths)
    states = list(options.test_state) or [schema.NetState() for _ in paths]
    return [
        _choice(options, path, schema.TEST, state, count)
        for path, state, count in zip(paths, states, options.test_iter, strict=True)
    ]


def _check_number(field: str, given: Sequence[object], paths: Sequence[Path]) -> None:
    if len(given) != len(paths):
        message = f"{field} and test nets do not match: {len(given)} and {len(paths)}, must be one for each"
        raise OptionError(message, path=(field, 0) if given else (paths[0][0],))


def _test_paths(options: schema.SolverParameter) -> Iterator[Path]:
    own = len(options.test_net_param) + len(options.test_net)
    yield from (("test_net_param", index) for index in range(len(options.test_net_param)))
    yield from (("test_net", index) for index in range(len(options.test_net)))
    shared = next((field for field in ("net_param", "net") if options.HasField(field)), None)
    if shared:
        yield from [(shared,)] * max(0, len(options.test_iter) - own)


def _choice(
    options: schema.SolverParameter, path: Path, phase: schema.Phase, state: schema.NetState, iterations: int = 0
) -> NetChoice:
    value = getattr(options, str(path[0]))
    if len(path) > 1:
        value = value[path[1]]
    if isinstance(value, str):
        return NetChoice(path, value, None, phase, state, iterations)
    return NetChoice(path, None, value, phase, state, iterations)
