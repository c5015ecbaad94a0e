"""MultinomialLogisticLoss: the negative logarithm of the probability of the right class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.layers.base import Context
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.loss import Loss
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count

if TYPE_CHECKING:
    from torch import Tensor

LEAST = 1e-20  # Caffe's floor for probabilities in the logarithm


@layer("MultinomialLogisticLoss")
class MultinomialLogisticLoss(Loss):
    """Take the negative log of what the labels get; the probabilities come from a Softmax below.

    E = -Σ log p[n, label] / N, with max(p, 1e-20) for p in the logarithm and in its gradient -1 / (p · N).

    Bottom: probabilities N×K (more axes are read as one); labels 0 … K-1, N of them. Top: one number.
    Raises: ShapeError if there is not one label for each item; DataError for a label that is no class.
    Source: multinomial_logistic_loss_layer.cpp.
    """

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        probabilities, labels = bottoms
        tops = super().shapes(*bottoms)
        check_label_count((probabilities[0], count(probabilities[1:])), labels, axis=1)
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, float]:
        """Return the sum over the items, and N."""
        from netdef.layers.functions.floor import floor
        from netdef.layers.functions.rows import rows

        probabilities = rows(bottoms[0])
        numbers, _ = class_numbers(bottoms[1], probabilities, axis=1)
        logs = floor(probabilities.gather(1, numbers), LEAST).log()
        return 0 - logs.sum(), float(probabilities.shape[0])
