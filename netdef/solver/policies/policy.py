"""The learning rate of every iteration of a run."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import c_float

from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.solver.choice import unknown_choice
from netdef.solver.policies import caffe
from netdef.solver.policies.cosine import cosine
from netdef.solver.policies.options import check_options
from netdef.solver.policies.plateau import Plateau

Factor = Callable[[schema.SolverParameter, int], float]

_FACTORS: dict[str, Factor] = {
    "fixed": caffe.fixed,
    "step": caffe.step,
    "exp": caffe.exp,
    "inv": caffe.inv,
    "multistep": caffe.multistep,
    "poly": caffe.poly,
    "sigmoid": caffe.sigmoid,
    "cosine": cosine,
    "plateau": caffe.fixed,  # lowered by what the tests give
}
_ENDS_ON_MIN_LR = ("poly", "cosine")
_STEPS: dict[str, Callable[[schema.SolverParameter, int], int]] = {
    "step": caffe.steps,
    "multistep": caffe.stepvalues_passed,
}


class Policy:
    """The learning rate of every iteration of a solver, by its lr_policy.

    With i the iteration, counted from 0, rate = base_lr × factor, where the factor is for

    - fixed: 1
    - step: gamma ^ ⌊i / stepsize⌋
    - exp: gamma ^ i
    - inv: (1 + gamma · i) ^ −power
    - multistep: gamma ^ (number of stepvalues passed; see ``current_step``)
    - poly: (1 − i / max_iter) ^ power, 0 beyond max_iter
    - sigmoid: 1 / (1 + e ^ (−gamma · (i − stepsize)))
    - cosine: (1 + cos(π · i / max_iter)) / 2, 0 beyond max_iter; with stepsize s (1 + cos(π · (i mod s) / s)) / 2
    - plateau: gamma ^ (number of drops; one each time that a test result has stopped improving, see plateau_param)

    With min_lr, poly and cosine are min_lr + (base_lr − min_lr) × factor, and no other rate falls below min_lr. With
    warmup_iter w, the rate of each i < w is r + (rate(w) − r) · i / w, where r is warmup_start_lr.

    Raises: OptionError for an unknown lr_policy, or an option that the policy lacks or refuses.
    Source: sgd_solver.cpp, GetLearningRate; cosine, plateau, min_lr and warm-up are netdef's own.
    """

    def __init__(self, solver: schema.SolverParameter) -> None:
        if solver.lr_policy not in _FACTORS:
            raise unknown_choice("lr_policy", solver.lr_policy, _FACTORS)
        check_options(solver)
        self._solver = solver
        self._factor = _FACTORS[solver.lr_policy]
        self.plateau = Plateau(solver) if solver.lr_policy == "plateau" else None

    def rate(self, iteration: int) -> float:
        """Return the learning rate of an iteration, rounded to float32 as Caffe holds it."""
        solver = self._solver
        if iteration >= solver.warmup_iter:
            return _float32(self._planned(iteration))
        start, end = solver.warmup_start_lr, self._planned(solver.warmup_iter)
        return _float32(start + (end - start) * iteration / solver.warmup_iter)

    def _planned(self, iteration: int) -> float:
        """Return the rate without warm-up."""
        base, lowest = self._solver.base_lr, self._solver.min_lr
        factor = self._factor(self._solver, iteration)
        if self.plateau:
            factor = self.plateau.factor
        if not lowest:
            return base * factor
        if self._solver.lr_policy in _ENDS_ON_MIN_LR:
            return lowest + (base - lowest) * factor
        return max(lowest, base * factor)

    def current_step(self, iteration: int) -> int:
        """Return how many steps down the rate has taken by an iteration, itself included (0 if it takes none).

        A multistep rate passes at most one stepvalue an iteration: stepvalues that lie together, or out of order,
        take effect one by one in the iterations after. The .solverstate written after iteration i holds
        ``current_step(i)``; being a function of the iteration, it need not be read back.
        """
        count = _STEPS.get(self._solver.lr_policy)
        return count(self._solver, iteration) if count else 0

    @property
    def memory(self) -> weights_pb2.PlateauState | None:
        """What the rate depends on beside the iteration, for a snapshot."""
        return self.plateau.memory if self.plateau else None

    def resume(self, memory: weights_pb2.PlateauState | None) -> None:
        """Go on with what a snapshot holds; one without any begins anew."""
        if self.plateau and memory is not None:
            self.plateau.memory.CopyFrom(memory)


def _float32(value: float) -> float:
    return c_float(value).value
