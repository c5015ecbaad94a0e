"""DistanceLoss: how far items are from their own classes, and how near to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.errors import OptionError
from netdef.layers.base import Context
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.loss import Loss
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

OPTION = "distance_loss_param"
CLASSES = 1  # the axis of the distances that runs over the classes


@layer("DistanceLoss")
class DistanceLoss(Loss):
    """Make the distance from the right class small, and with ``rubbish`` those from the other classes large.

    E = 1/N · Σ_n y[n, label_n]; with ``rubbish``, j, E = 1/N · Σ_n (y[n, label_n] + log(e^-j + Σ_i e^-y[n, i])): the
    negative log of the probability of the label, if each class has a probability proportional to e^-y, and a class of
    rubbish one proportional to e^-j.

    Bottom: distances N×C; labels 0 … C-1, N.
    Top: one number.
    Raises: OptionError for a negative rubbish; ShapeError if there is not one label for each item; DataError for a
    label that is no class.
    Source: LeCun et al. 1998, section II.C, equations 8 and 9.
    """

    def setup(self) -> None:
        """Read whether the classes compete."""
        options = self.message.distance_loss_param
        self.rubbish = options.rubbish if options.HasField("rubbish") else None
        if self.rubbish is not None and not self.rubbish >= 0:
            raise OptionError(f"rubbish is {self.rubbish:g}, must not be negative", path=(OPTION, "rubbish"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        distances, labels = bottoms
        tops = super().shapes(*bottoms)
        check_label_count(distances, labels, CLASSES)
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, float]:
        """Return the sum over the items, and their number."""
        import torch

        distances, labels = bottoms
        numbers, _ = class_numbers(labels, distances, CLASSES)
        total = distances.gather(CLASSES, numbers).sum()
        if self.rubbish is None:
            return total, float(len(distances))
        rubbish = numbers.new_full(numbers.shape, self.rubbish, dtype=distances.dtype)
        competition = (-torch.cat([distances, rubbish], CLASSES)).logsumexp(CLASSES)
        return total + competition.sum(), float(len(distances))
