"""All that is checked of a solver's options before anything runs; none of it needs torch."""

from __future__ import annotations

from collections.abc import Callable

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.global_batch import batch_share
from netdef.solver.policies import Policy
from netdef.solver.rules.registry import rule_of
from netdef.solver.rules.regularize import regularizer_of
from netdef.solver.rules.scale import GradientScale
from netdef.solver.smoothing import SmoothedLoss

Check = Callable[[schema.SolverParameter], object]


def check_intervals(options: schema.SolverParameter) -> None:
    """Check the numbers of iterations.

    A test_iter of 0 passes: people write it to switch a test off.

    Raises: OptionError for a negative one, or for test nets that are never tested.
    """
    for field in ("display", "test_interval", "snapshot", "max_iter"):
        if getattr(options, field) < 0:
            raise OptionError(f"{field} is {getattr(options, field)}, must not be negative", path=(field,))
    for index, iterations in enumerate(options.test_iter):
        if iterations < 0:
            raise OptionError(f"test_iter is {iterations}, must not be negative", path=("test_iter", index))
    if options.test_iter and not options.test_interval:
        message = "test_interval is not set, must be at least 1 where test_iter is given"
        raise OptionError(message, path=("test_iter", 0))


def check_ways(options: schema.SolverParameter) -> None:
    """Check whether the ways to compute go together.

    Raises: OptionError if two do not.
    """
    if options.cuda_graph and options.precision == schema.SolverParameter.FP16:
        message = "cuda_graph does not go with FP16, which leaves out updates by what it finds in the gradients"
        raise OptionError(message, path=("cuda_graph",), hint="take precision: BF16, or leave out cuda_graph")
    for way in ("compile", "cuda_graph"):
        for other in ("shard", "sync_batch_norm"):
            if getattr(options, way) and getattr(options, other):
                message = f"{way} does not go with {other}, in which workers wait for each other within a pass"
                raise OptionError(message, path=(way,), hint=f"leave out {way}: only the speed changes")
    for way in ("compile", "cuda_graph", "shard"):
        if options.debug_info and getattr(options, way):
            message = f"debug_info does not go with {way}: it looks between layers, at whole parameters"
            raise OptionError(message, path=("debug_info",), hint=f"leave out {way}: only speed and memory change")


CHECKS: tuple[Check, ...] = (
    Policy,
    rule_of,
    regularizer_of,
    GradientScale.from_solver,
    lambda options: SmoothedLoss(options.average_loss),
    check_intervals,
    check_ways,
    lambda options: batch_share(options, workers=1),
)
