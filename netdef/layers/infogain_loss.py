"""InfogainLoss: a SoftmaxWithLoss in which some mistakes are worse than others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Context, between
from netdef.layers.files import find_file
from netdef.layers.infogain_matrix import PATH, read_matrix
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.loss import Loss
from netdef.layers.normalization import normalizer, read_ignored, read_mode
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, count, show

if TYPE_CHECKING:
    from torch import Tensor

LEAST_LOG = math.log(1e-20)  # Caffe's floor for probabilities in the logarithm


@layer("InfogainLoss")
class InfogainLoss(Loss):
    """Take the softmax of the scores along ``axis`` (1), and its negative logs, weighted by the label's row of H.

    E = -Σ Σ_k H[label, k] · log max(p[k], 1e-20) / normalizer over all places but those with ``ignore_label``; the
    gradient of each score is (p[k] · Σ_j H[label, j] - H[label, k]) / normalizer, under the floor too. H = 1 on the
    diagonal and 0 beside it makes this a SoftmaxWithLoss.

    Bottom: scores N×C×…; labels 0 … C-1, one for each place; H, C·C numbers, unless ``source`` names a BlobProto file.
    Top: one number; the probabilities, as the scores, which get no gradient (then each top has a loss_weight).
    Raises: OptionError without H or for ``normalize``; ShapeError if H or the labels do not fit the scores; DataError
    for a label that is no class.
    Source: infogain_loss_layer.cpp.
    """

    bottoms: ClassVar[Arity] = between(2, 3)
    tops: ClassVar[Arity] = between(1, 2)

    def setup(self) -> None:
        """Read axis, normalization and the label that does not count."""
        options = self.message.loss_param
        self.axis = self.message.infogain_loss_param.axis
        self.mode, self.ignored = read_mode(options), read_ignored(options)
        self.probabilities = len(self.message.top) > 1
        if options.HasField("normalize"):
            hint = "normalization: VALID is what normalize: true meant, BATCH_SIZE what false meant"
            raise OptionError(
                "has normalize, which InfogainLoss does not take", path=("loss_param", "normalize"), hint=hint
            )
        if len(self.message.bottom) < 3 and not self.message.infogain_loss_param.source:
            raise OptionError("has no H, must name a file as source or take it as bottom 2", path=PATH[:1])
        self.source_file = find_file(self.message.infogain_loss_param.source)

    @cached_property
    def matrix(self) -> tuple[float, ...]:
        """H as the file holds it."""
        return read_matrix(self.source_file)

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.axis, axes, "infogain_loss_param.axis")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number, and of the probabilities."""
        scores, labels, *given = bottoms
        tops = super().shapes(*bottoms)
        axis = self._axis(len(scores))
        check_label_count(scores, labels, axis)
        self._check_matrix(scores[axis], count(given[0]) if given else len(self.matrix), scores)
        return (*tops, scores) if self.probabilities else tops

    def _check_matrix(self, classes: int | None, numbers: int | None, scores: Shape) -> None:
        if classes is not None and numbers is not None and numbers != classes**2:
            message = (
                f"H has {numbers} numbers, must have {classes}·{classes} for the classes of bottom 0, {show(scores)}"
            )
            raise ShapeError(message, path=("bottom", 2) if len(self.message.bottom) > 2 else PATH)

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, Tensor | float]:
        """Return the sum over the places that count, and what divides it."""
        from netdef.layers.functions.constant import constant
        from netdef.layers.functions.floor import floor

        scores, labels, *given = bottoms
        axis = self._axis(scores.dim())
        numbers, kept = class_numbers(labels, scores, axis, self.ignored)
        matrix = given[0].detach() if given else constant(self.matrix, scores)
        rows = matrix.reshape(scores.shape[axis], -1)[numbers.squeeze(axis)].movedim(-1, axis)
        each = rows * floor(scores.log_softmax(axis), LEAST_LOG)
        if kept is not None:
            each = each.where(kept, 0)
        return 0 - each.sum(), normalizer(self.mode, scores.shape[:axis].numel(), numbers.numel(), kept)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Return the loss, and the probabilities if there is a top for them."""
        loss = super().forward(ctx, params, *bottoms)
        scores = bottoms[0].detach()
        return (*loss, scores.softmax(self._axis(scores.dim()))) if self.probabilities else loss
