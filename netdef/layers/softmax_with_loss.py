"""SoftmaxWithLoss: the negative logarithm of the probability of the right class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.loss import Loss
from netdef.layers.normalization import normalizer, read_ignored, read_mode
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis

if TYPE_CHECKING:
    from torch import Tensor

LEAST_LOG = -126 * math.log(2)  # of float32's smallest normal number: Caffe's floor for probabilities in the logarithm


@layer("SoftmaxWithLoss")
class SoftmaxWithLoss(Loss):
    """Take the softmax of the scores along ``softmax_param.axis`` (1), and the negative log of what the labels get.

    E = -Σ log max(p[label], 2^-126) / normalizer over all places but those with ``ignore_label``; the gradient of each
    score is (p - [it is the label's]) / normalizer, under the floor too. With ``loss_param.label_smoothing`` s, what
    counts in the place of log p[label] is (1 - s) · log p[label] + s · the mean of log p over the classes.

    Bottom: scores N×C×…; labels 0 … C-1, one for each place, e.g. N or N×1×H×W.
    Top: one number.
    Raises: OptionError for a label_smoothing that is no share; ShapeError if there is not one label for each place;
    DataError for a label that is no class.
    Source: softmax_loss_layer.cpp; label_smoothing: arXiv 1512.00567, section 7.
    """

    smooths_labels: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the normalization, the label that does not count, and how much labels are smoothed."""
        self.axis = self.message.softmax_param.axis
        self.mode = read_mode(self.message.loss_param)
        self.ignored = read_ignored(self.message.loss_param)
        self.smoothing = self.message.loss_param.label_smoothing
        if not 0 <= self.smoothing <= 1:
            message = f"label_smoothing is {self.smoothing:g}, must be a share from 0 to 1"
            raise OptionError(message, path=("loss_param", "label_smoothing"))

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.axis, axes, "softmax_param.axis")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number."""
        scores, labels = bottoms
        tops = super().shapes(*bottoms)
        check_label_count(scores, labels, self._axis(len(scores)))
        return tops

    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, Tensor | float]:
        """Return the sum over the places that count, and what divides it."""
        from netdef.layers.functions.floor import floor
        from netdef.layers.functions.labelled import minus_labelled
        from netdef.layers.functions.plain import are_plain

        scores, labels = bottoms
        axis = self._axis(scores.dim())
        numbers, kept = class_numbers(labels, scores, axis, self.ignored)
        items = scores.shape[:axis].numel()
        divisor = normalizer(self.mode, items, numbers.numel(), kept)
        all_logs = scores.log_softmax(axis)
        if kept is None and not self.smoothing and are_plain(scores):
            return minus_labelled(all_logs, numbers, axis, LEAST_LOG), divisor
        logs = floor(all_logs.gather(axis, numbers), LEAST_LOG)
        if self.smoothing:
            even = floor(all_logs, LEAST_LOG).mean(axis, keepdim=True)
            logs = logs.lerp(even, self.smoothing)
        if kept is not None:
            logs = logs.where(kept, 0)
        return 0 - logs.sum(), divisor  # not -logs.sum(), which makes a loss of nothing -0
