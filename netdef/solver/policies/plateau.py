"""Plateau: the rate is lowered when a test result has stopped improving."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.errors import OptionError
from netdef.layers.powers import power
from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.suggest import did_you_mean

GAMMA = 0.1
OPTION = "plateau_param"
HIGHER = schema.PlateauParameter.HIGHER


class Plateau:
    """Counts the tests that bring nothing new, and the drops that follow.

    A result improves if it beats the best one by more than min_delta; a result that is no number never does. After
    ``patience`` tests in a row without improvement there is one more drop, and the count begins anew. ``memory`` is all
    that it knows, in the form in which a solverstate keeps it.

    Raises: OptionError if metric or better is not set, or a number is impossible.
    Source: Krizhevsky et al. 2012, section 5: "divide the learning rate by 10 when the validation error rate stopped
    improving".
    """

    def __init__(self, solver: schema.SolverParameter) -> None:
        self.options = solver.plateau_param
        self._solver = solver
        self._gamma = solver.gamma if solver.HasField("gamma") else GAMMA
        self.memory = weights_pb2.PlateauState()
        _check(solver)

    @property
    def metric(self) -> str:
        """The output of a test net that is watched."""
        return self.options.metric

    @property
    def factor(self) -> float:
        """gamma ^ drops."""
        return power(self._gamma, self.memory.drops)

    def take(self, iteration: int, result: float) -> bool:
        """Take in the test result of an iteration, and return whether it lowers the rate.

        Only the first result of an iteration counts: a resumed run makes the test again in which it was interrupted.
        Before the end of the warm-up none does.
        """
        memory = self.memory
        if iteration < self._solver.warmup_iter or (memory.HasField("tested") and iteration <= memory.tested):
            return False
        memory.tested = iteration
        if self._improves(result):
            memory.best, memory.waited = result, 0
            return False
        memory.waited += 1
        if memory.waited < self.options.patience or self._at_the_end():
            return False
        memory.drops, memory.waited = memory.drops + 1, 0
        return True

    def _improves(self, result: float) -> bool:
        if not self.memory.HasField("best"):
            return result == result  # is a number
        gain = result - self.memory.best if self.options.better == HIGHER else self.memory.best - result
        return gain > self.options.min_delta

    def _at_the_end(self) -> bool:
        """Whether the rate has been lowered as often as it may, or is at min_lr."""
        spent = self.options.HasField("max_drops") and self.memory.drops >= self.options.max_drops
        return spent or self._solver.base_lr * self.factor <= self._solver.min_lr


def _check(solver: schema.SolverParameter) -> None:
    options = solver.plateau_param
    if not options.metric:
        hint = 'plateau_param { metric: "accuracy" better: HIGHER }'
        raise OptionError('lr_policy "plateau" needs a plateau_param with a metric', path=("lr_policy",), hint=hint)
    if not options.HasField("better"):
        hint = "say better: LOWER (of a loss or an error), or better: HIGHER (of an accuracy)"
        message = f'{OPTION} does not say whether a low or a high "{options.metric}" is good'
        raise OptionError(message, path=(OPTION,), hint=hint)
    if options.patience < 1:
        raise OptionError("patience is 0, must be at least 1", path=(OPTION, "patience"))
    if not options.min_delta >= 0:
        raise OptionError(f"min_delta is {options.min_delta:g}, must not be negative", path=(OPTION, "min_delta"))
    if not solver.test_interval:
        message = 'lr_policy "plateau" needs tests, but test_interval is not set'
        raise OptionError(message, path=("lr_policy",))


def check_metric(solver: schema.SolverParameter, outputs: Iterable[str]) -> None:
    """Refuse a metric that is not among the outputs of the test nets.

    Raises: OptionError.
    """
    if solver.lr_policy != "plateau":
        return
    known = list(dict.fromkeys(outputs))
    if solver.plateau_param.metric not in known:
        message = f'metric is "{solver.plateau_param.metric}", which no test net gives as an output'
        listed = f"the outputs of the test nets are {', '.join(known)}" if known else "the solver names no test net"
        near = did_you_mean(solver.plateau_param.metric, known)
        raise OptionError(message, path=(OPTION, "metric"), hint=near or listed)
