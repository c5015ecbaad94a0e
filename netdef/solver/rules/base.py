"""What a solver type is: a function from gradients and histories to updates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


class Updates(NamedTuple):
    """What is to be subtracted from parameters: ``tensors`` · ``factor``."""

    tensors: list[Tensor]
    factor: float = 1.0


class Rule(ABC):
    """The arithmetic of one solver type, without state: its histories are handed in at every step."""

    history_kinds: ClassVar[int] = 1
    """How many history tensors each parameter has."""

    rate_in_history: ClassVar[bool] = False
    """Whether the rate multiplies the gradients as they enter the histories, and not what comes out of these."""

    @classmethod
    @abstractmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take this type's options from a solver's message.

        Raises: OptionError for a value that the type refuses.
        """

    @abstractmethod
    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return what is to be subtracted from each parameter, and bring the histories up to date in place.

        ``histories`` holds one list a kind, each as long as ``gradients``. The gradients are used up: the
        tensors returned may be the gradients' own, or the histories'. ``iteration`` counts from 0.
        """

    def corrected(self, rate: float, iteration: int) -> float:
        """Return the rate as the arithmetic of an iteration takes it."""
        return rate

    def has_kernel(self, like: Tensor) -> bool:
        """Tell whether there is a kernel of this arithmetic for parameters of this one's type on its device."""
        return False

    def step_by_kernel(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        histories: list[list[Tensor]],
        *,
        rate: float,
        decay: float,
        iteration: int,
    ) -> None:
        """Add decay · w to the gradients, and subtract the ``updates`` from the parameters, in one pass over memory.

        All tensors of one parameter must have equal strides, which the kernels do not check.
        """
        raise NotImplementedError(f"there is no kernel for {type(self).__name__}")


def require_fraction(solver: schema.SolverParameter, field: str) -> float:
    """Return a decay of the solver's message, which must lie in [0, 1).

    Raises: OptionError if it does not.
    """
    value: float = getattr(solver, field)
    if 0 <= value < 1:
        return value
    raise OptionError(f"{field} is {value:g}, must be at least 0 and less than 1", path=(field,))


def refuse_momentum(solver: schema.SolverParameter) -> None:
    """Refuse a momentum in the message of a solver type that has none.

    Raises: OptionError if momentum is not 0.
    """
    if solver.momentum == 0:
        return
    raise OptionError(
        f"momentum is {solver.momentum:g}, but {solver.type} has no momentum",
        path=("momentum",),
        hint="remove momentum, or choose another type",
    )
