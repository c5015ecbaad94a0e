"""ContrastiveLoss: pairs that belong together drawn near, others pushed apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Arity, Context, exactly
from netdef.layers.loss import Loss
from netdef.layers.register import layer
from netdef.layers.shape import Shape, agree, count, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("ContrastiveLoss")
class ContrastiveLoss(Loss):
    """Punish the distance within pairs that belong together, and distances below ``margin`` (1) within the others.

    E = Σ_n (d² where s[n] is not 0, else max(margin - d, 0)²) / (2N), d = |a[n] - b[n]|; the second is
    max(margin - d², 0) with ``legacy_version``. Where s[n] is 0 the gradient of a[n] is Caffe's,
    -max(margin - d, 0) / (d + 1e-4) · (a[n] - b[n]) / N: its 1e-4 keeps it a number where d is 0.

    Bottom: a N×C (or N×C×1×1); b as a; s N. Top: one number.
    Raises: ShapeError if a, b and s do not fit.
    Source: contrastive_loss_layer.cpp; Hadsell, Chopra, LeCun, CVPR 2006.
    """

    bottoms: ClassVar[Arity] = exactly(3)

    def setup(self) -> None:
        """Read the margin."""
        options = self.message.contrastive_loss_param
        self.margin, self.legacy = options.margin, options.legacy_version

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that both of a pair get gradients, and what says whether they belong together none."""
        return bottom < 2

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        a, b, belong = bottoms
        tops = super().shapes(a, b)
        if not agree(count(a[1:]), count(b[1:])):
            raise ShapeError(f"bottoms 0 and 1 are {show(a)} and {show(b)}, must have as many numbers per item")
        if not agree(count(a[2:]), 1):
            hint = "a Flatten layer makes all numbers of an item channels"
            raise ShapeError(f"bottom 0 is {show(a)}, must be N×C, or N×C×1×1", path=("bottom", 0), hint=hint)
        if not agree(count(belong), a[0]):
            message = f"bottom 2 is {show(belong)}, must hold one number for each item of bottom 0, {show(a)}"
            raise ShapeError(message, path=("bottom", 2))
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, float]:
        """Return the sum over the pairs, and 2N."""
        from netdef.layers.functions.contrast import shortfall
        from netdef.layers.functions.rows import rows

        a, b = map(rows, bottoms[:2])
        squared = (a - b).square().sum(1)
        apart = (self.margin - squared).relu() if self.legacy else shortfall(squared, self.margin)
        return squared.where(bottoms[2].flatten().long() != 0, apart).sum(), 2.0 * a.shape[0]
