"""EuclideanLoss: half the mean squared distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.errors import ShapeError
from netdef.layers.base import Context
from netdef.layers.loss import Loss, check_same_batch
from netdef.layers.register import layer
from netdef.layers.shape import Shape, agree, count, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("EuclideanLoss")
class EuclideanLoss(Loss):
    """Measure how far predictions are from targets.

    E = Σ (a - b)² / (2N), N the length of the first axis; both bottoms get gradients.

    Bottom: predictions N×…; targets N×…, as many numbers per item (the shapes may differ).
    Top: one number.
    Raises: ShapeError if the bottoms differ in items or in numbers per item.
    Source: euclidean_loss_layer.cpp.
    """

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that both bottoms get gradients."""
        return True

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        check_same_batch(*bottoms)
        a, b = bottoms
        if not agree(count(a[1:]), count(b[1:])):
            raise ShapeError(f"bottoms hold {show(a)} and {show(b)} numbers, must hold as many per item")
        return ((),)

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, float]:
        """Return Σ (a - b)² and 2N."""
        a, b = bottoms
        difference = a.flatten() - b.flatten()
        return difference.dot(difference), 2.0 * a.shape[0]
