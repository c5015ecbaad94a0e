"""Accuracy: how often the right class is among the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, between, exactly
from netdef.layers.labels import check_label_count, class_numbers
from netdef.layers.normalization import read_ignored
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, show

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@layer("Accuracy")
class Accuracy(Layer):
    """Measure the share of places where fewer than ``top_k`` (1) other classes score at least as high as the right one.

    Ties count against the right class. Places with ``ignore_label`` do not count; where none does, the share is 0.

    Bottom: scores N×C×…, classes along ``axis`` (1); labels 0 … C-1, one for each place.
    Top: one number; the share for each class, C, 0 for one without places.
    Raises: OptionError if top_k is 0; ShapeError if top_k is more than the classes, or labels and places differ in
    number; DataError for a label that is no class.
    Source: accuracy_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.METRIC
    bottoms: ClassVar[Arity] = exactly(2)
    tops: ClassVar[Arity] = between(1, 2)

    def setup(self) -> None:
        """Read how many may be best, and the label that does not count."""
        self.per_class = len(self.message.top) > 1
        self.top_k = self.message.accuracy_param.top_k
        self.ignored = read_ignored(self.message.accuracy_param)
        if self.top_k < 1:
            raise OptionError("top_k is 0, must be at least 1", path=("accuracy_param", "top_k"))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that counting has no gradient."""
        return False

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.message.accuracy_param.axis, axes, "accuracy_param.axis")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number, and the number of classes."""
        scores, labels = bottoms
        axis = self._axis(len(scores))
        classes = scores[axis]
        check_label_count(scores, labels, axis)
        if classes is not None and self.top_k > classes:
            message = f"top_k is {self.top_k}, must be at most {classes}, the classes of bottom 0, {show(scores)}"
            raise ShapeError(message, path=("accuracy_param", "top_k"))
        return ((), (classes,)) if self.per_class else ((),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Count."""
        import torch

        scores, labels = bottoms[0].detach(), bottoms[1]
        axis = self._axis(scores.dim())
        numbers, kept = class_numbers(labels, scores, axis, self.ignored)
        others = (scores >= scores.gather(axis, numbers)).sum(axis, keepdim=True) - 1  # the right class is no other
        counted = torch.ones_like(others) if kept is None else kept.long()
        right = counted * (others < self.top_k)
        share = _share(right.sum(), counted.sum(), scores.dtype)
        if not self.per_class:
            return (share,)
        none = counted.new_zeros(scores.shape[axis])
        right_ones, all_ones = (none.scatter_add(0, numbers.flatten(), each.flatten()) for each in (right, counted))
        return share, _share(right_ones, all_ones, scores.dtype)


def _share(part: Tensor, whole: Tensor, dtype: torch.dtype) -> Tensor:
    """Return part / whole, 0 where there is nothing; half floats could not count."""
    import torch

    wide = torch.promote_types(dtype, torch.float32)
    return (part.to(wide) / whole.clamp(min=1).to(wide)).to(dtype)
