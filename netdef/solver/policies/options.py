"""What each policy needs of the solver's options."""

from __future__ import annotations

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

TO_ZERO = ("step", "exp", "multistep")  # without gamma
WITH_GAMMA = (*TO_ZERO, "inv", "sigmoid")
WITH_STEPSIZE = ("step", "sigmoid")

Found = tuple[str, tuple[str | int, ...]]


def check_options(solver: schema.SolverParameter) -> None:
    """Refuse options that the policy lacks or cannot use.

    Raises: OptionError.
    """
    if solver.lr_policy in (*WITH_GAMMA, "plateau"):
        _refuse_negative(solver, "gamma")
    if solver.lr_policy in WITH_STEPSIZE or (solver.lr_policy == "cosine" and solver.HasField("stepsize")):
        _require_positive(solver, "stepsize")
    elif solver.lr_policy in ("poly", "cosine"):
        _require_positive(solver, "max_iter")
    for field in ("min_lr", "warmup_iter", "warmup_start_lr"):
        _refuse_negative(solver, field)


def forgotten(solver: schema.SolverParameter) -> Found | None:
    """Return what to warn of, and the path of the field, where a policy has no gamma; Caffe takes 0 then."""
    if solver.lr_policy not in WITH_GAMMA or solver.HasField("gamma"):
        return None
    after = "after its first step the rate is 0" if solver.lr_policy in TO_ZERO else "the rate stays as it is"
    return f'lr_policy "{solver.lr_policy}" has no gamma, so that gamma is 0: {after}', ("lr_policy",)


def _require(solver: schema.SolverParameter, field: str) -> None:
    if not solver.HasField(field):
        raise OptionError(f'lr_policy "{solver.lr_policy}" needs {field}', path=("lr_policy",))


def _refuse_negative(solver: schema.SolverParameter, field: str) -> None:
    value: float = getattr(solver, field)
    if not value >= 0:
        raise OptionError(f"{field} is {value:g}, must not be negative", path=(field,))


def _require_positive(solver: schema.SolverParameter, field: str) -> None:
    _require(solver, field)
    value: int = getattr(solver, field)
    if value <= 0:
        raise OptionError(f"{field} is {value}, must be positive", path=(field,))
