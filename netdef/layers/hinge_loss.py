"""HingeLoss: one class against all others, by a margin of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.layers.base import Context
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.loss import Loss
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("HingeLoss")
class HingeLoss(Loss):
    """Punish scores of the right class below 1 and of the others above -1.

    E = Σ_n Σ_k max(0, 1 - δ[n, k] · x[n, k])^p / N, δ = 1 where k is the label of n, else -1; p = 1 for norm L1 (the
    default), 2 for L2. The gradient at the hinge itself is 0.

    Bottom: scores N×K (more axes are read as one); labels 0 … K-1, N of them. Top: one number.
    Raises: ShapeError if there is not one label for each item; DataError for a label that is no class.
    Source: hinge_loss_layer.cpp.
    """

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        scores, labels = bottoms
        tops = super().shapes(*bottoms)
        check_label_count((scores[0], count(scores[1:])), labels, axis=1)
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, float]:
        """Return the sum over items and classes, and N."""
        from netdef.layers.functions.rows import rows

        scores = rows(bottoms[0])
        numbers, _ = class_numbers(bottoms[1], scores, axis=1)
        signs = scores.new_ones(scores.shape).scatter(1, numbers, -1.0)
        over = (1 + signs * scores).relu()
        if self.message.hinge_loss_param.norm == schema.HingeLossParameter.L2:
            over = over.square()
        return over.sum(), float(scores.shape[0])
