"""What all losses share: a sum over the batch, divided by a normalizer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError, WiringError
from netdef.layers.base import Arity, Context, Kind, Layer, exactly
from netdef.layers.shape import Shape, agree, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


class Loss(Layer):
    """A layer whose first top is one number to be made small.

    ``terms`` gives the sum and the normalizer apart, so that parts of a batch can add both before one ``quotient``.
    """

    kind: ClassVar[Kind] = Kind.LOSS
    needs_float32: ClassVar[bool] = True
    bottoms: ClassVar[Arity] = exactly(2)
    automatic_tops: ClassVar[bool] = True
    smooths_labels: ClassVar[bool] = False

    def __init__(self, message: schema.LayerParameter, phase: int = schema.TEST) -> None:
        """Read the options.

        Raises: OptionError for one that this loss has no use for.
        """
        super().__init__(message, phase)
        if message.loss_param.label_smoothing and not self.smooths_labels:
            hint = "SoftmaxWithLoss smooths labels; leave it out here"
            raise OptionError("has label_smoothing", path=("loss_param", "label_smoothing"), hint=hint)

    def default_loss_weight(self, top: int) -> float:
        """Return 1 for the first top."""
        return 1.0 if top == 0 else 0.0

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that the labels, bottom 1, get no gradient."""
        return bottom == 0

    def check_wiring(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        """Check the wires, and that it is said which of several tops is the loss.

        Raises: WiringError.
        """
        super().check_wiring(bottoms, tops)
        if len(tops) > 1 and not self.message.loss_weight:  # Caffe gives the first a weight, then misses the others'
            hint = "loss_weight: 1 loss_weight: 0 makes the first top the loss"
            message = f"has {len(tops)} tops and no loss_weight, must give one for each top"
            raise WiringError(message, path=("top", 1), hint=hint)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of a single number.

        Raises: ShapeError if the bottoms have batches of different lengths.
        """
        check_same_batch(*bottoms[:2])
        return ((),)

    @abstractmethod
    def terms(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, Tensor | float]:
        """Return the loss summed over the batch, and the number that ``quotient`` divides it by."""

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Return the sum over the normalizer."""
        return (quotient(*self.terms(ctx, *bottoms)),)


def quotient(total: Tensor, normalizer: Tensor | float) -> Tensor:
    """Return total / max(normalizer, 1): a batch in which nothing counts has the loss 0."""
    least = max(normalizer, 1.0) if isinstance(normalizer, (int, float)) else normalizer.clamp(min=1)
    return total / least


def check_same_batch(scores: Shape, labels: Shape) -> None:
    """Refuse scores and labels whose first axes differ.

    Raises: ShapeError.
    """
    if not scores or not labels:
        raise ShapeError("a bottom is a single number, must have a batch axis")
    if not agree(scores[0], labels[0]):
        raise ShapeError(
            f"bottoms have {scores[0]} and {labels[0]} items, must have the same number",
            evidence=(f"bottom 0 is {show(scores)}, bottom 1 is {show(labels)}",),
        )
