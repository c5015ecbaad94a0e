"""SigmoidCrossEntropyLoss: the cross entropy of probabilities that need not add up to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.errors import ShapeError
from netdef.layers.base import Context
from netdef.layers.loss import Loss
from netdef.layers.normalization import normalizer, read_ignored, read_mode
from netdef.layers.register import layer
from netdef.layers.shape import Shape, agree, count, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("SigmoidCrossEntropyLoss")
class SigmoidCrossEntropyLoss(Loss):
    """Take each score's logistic function as a probability, and its cross entropy with the target at its place.

    E = -Σ (t · log p + (1 - t) · log(1 - p)) / normalizer, p = 1 / (1 + e^-x), over all places but those whose target,
    its fraction cut off, is ``ignore_label``. The gradient of x is (p - t) / normalizer.
    The normalization is BATCH_SIZE where the file gives none.

    Bottom: scores N×…; targets from 0 to 1, as many. Top: one number.
    Raises: ShapeError if there is not one target for each score.
    Source: sigmoid_cross_entropy_loss_layer.cpp.
    """

    def setup(self) -> None:
        """Read the normalization and the target that does not count."""
        self.mode = read_mode(self.message.loss_param, default=schema.LossParameter.BATCH_SIZE)
        self.ignored = read_ignored(self.message.loss_param)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        scores, targets = bottoms
        tops = super().shapes(*bottoms)
        if not agree(count(scores), count(targets)):
            message = f"bottom 1 holds {count(targets)} targets, must hold {count(scores)}: one for each score"
            evidence = (f"bottom 0 is {show(scores)}, bottom 1 is {show(targets)}",)
            raise ShapeError(message, path=("bottom", 1), evidence=evidence)
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, Tensor | float]:
        """Return the sum over the places that count, and what divides it."""
        from torch.nn import functional

        scores, targets = bottoms[0], bottoms[1].reshape(bottoms[0].shape)
        kept = None if self.ignored is None else targets.long() != self.ignored
        each = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
        if kept is not None:
            each = each.where(kept, 0)
        return each.sum(), normalizer(self.mode, scores.shape[0], scores.numel(), kept)
