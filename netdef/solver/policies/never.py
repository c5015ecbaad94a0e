"""Schedules that never lower the rate, though they are meant to."""

from __future__ import annotations

import math

from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies.options import Found
from netdef.solver.policies.policy import Policy

SAMPLES = 256


def never_lowered(solver: schema.SolverParameter) -> Found | None:
    """Return what to warn of, and the path of the field, where the rate never falls until max_iter; else None."""
    if solver.lr_policy == "fixed" or solver.max_iter <= solver.warmup_iter + 1:
        return None
    if solver.lr_policy == "plateau":
        return _too_few_tests(solver)
    policy, end = Policy(solver), solver.max_iter
    samples = {*range(solver.warmup_iter, end, max(1, end // SAMPLES)), end - 1}
    if min(map(policy.rate, samples)) < policy.rate(solver.warmup_iter):
        return None
    return _reason(solver)


def _reason(solver: schema.SolverParameter) -> Found:
    tail = f"the rate is never lowered before max_iter, which is {solver.max_iter}"
    if solver.lr_policy == "multistep" and not solver.stepvalue:
        return f"there is no stepvalue: {tail}", ("lr_policy",)
    if solver.lr_policy == "multistep" and min(solver.stepvalue) >= solver.max_iter:
        return f"stepvalue is {min(solver.stepvalue)}: {tail}", ("stepvalue", 0)
    if solver.lr_policy == "step" and solver.stepsize >= solver.max_iter:
        return f"stepsize is {solver.stepsize}: {tail}", ("stepsize",)
    return f'lr_policy is "{solver.lr_policy}": {tail}', ("lr_policy",)


def _too_few_tests(solver: schema.SolverParameter) -> Found | None:
    """Return the warning for a patience that outlasts the run: the first test only sets the mark."""
    interval, first = solver.test_interval, int(not solver.test_initialization)
    first = max(first, math.ceil(solver.warmup_iter / interval))
    tests = len(range(first * interval, solver.max_iter, interval))
    patience = solver.plateau_param.patience
    if tests > patience:
        return None
    message = f"patience is {patience}, but there are only {tests} tests before max_iter: the rate is never lowered"
    return message, ("plateau_param", "patience")
