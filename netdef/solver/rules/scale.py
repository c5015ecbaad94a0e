"""What all gradients are multiplied by before the update: clipping, and the mean over iter_size batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class GradientScale:
    """The factor of all gradients: min(1, clip / ‖g‖) / iter_size, without a clip 1 / iter_size.

    ‖g‖ is the root of the sum of squares over all parameters' gradients, as summed over the iter_size
    batches: Caffe clips before it divides.

    Source: sgd_solver.cpp, ClipGradients and Normalize.
    """

    clip: float | None
    iter_size: int

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take clip_gradients (negative: no clipping) and iter_size from a solver's message.

        Raises: OptionError for a clip_gradients of 0, which erases all gradients, or an iter_size below 1.
        """
        if solver.clip_gradients == 0:
            raise OptionError(
                "clip_gradients is 0, which sets every gradient to 0",
                path=("clip_gradients",),
                hint="give the largest norm allowed, or -1 for no clipping",
            )
        if solver.iter_size < 1:
            raise OptionError(f"iter_size is {solver.iter_size}, must be at least 1", path=("iter_size",))
        return cls(clip=solver.clip_gradients if solver.clip_gradients > 0 else None, iter_size=solver.iter_size)

    def factor(self, gradients: Sequence[Tensor], norm: Callable[[Sequence[Tensor]], Tensor] | None = None) -> float:
        """Return the factor for these gradients; ``norm`` makes ‖g‖ of them, where they are but a part of all."""
        return self._clip_factor(gradients, norm) / self.iter_size

    def factor_there(self, gradients: Sequence[Tensor]) -> Tensor | float:
        """Return the factor for all gradients where they are, without waiting for their device."""
        from torch.nn.utils import get_total_norm

        if self.clip is None:
            return 1 / self.iter_size
        return (self.clip / get_total_norm(gradients)).clamp(max=1) / self.iter_size

    def _clip_factor(self, gradients: Sequence[Tensor], norm: Callable[[Sequence[Tensor]], Tensor] | None) -> float:
        if self.clip is None:
            return 1.0
        from torch.nn.utils import get_total_norm

        length = float((norm or get_total_norm)(gradients))
        return self.clip / length if length > self.clip else 1.0
