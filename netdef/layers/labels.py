"""Labels: blobs of floats that hold class numbers, one for each place of a blob of scores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netdef.errors import DataError, ShapeError
from netdef.layers.numbers import refuse_out_of_range
from netdef.layers.shape import Shape, agree, count, show

if TYPE_CHECKING:
    from torch import Tensor


def check_label_count(scores: Shape, labels: Shape, axis: int) -> None:
    """Refuse labels that are not one for each place of the scores, whose classes lie along ``axis``.

    Raises: ShapeError.
    """
    places = count((*scores[:axis], *scores[axis + 1 :]))
    if not agree(places, count(labels)):
        raise ShapeError(
            f"bottom 1 holds {count(labels)} labels, must hold {places}: one for each place of bottom 0",
            path=("bottom", 1),
            evidence=(f"bottom 0 is {show(scores)}, its classes lie along axis {axis}; bottom 1 is {show(labels)}",),
        )


def class_numbers(
    labels: Tensor, scores: Tensor, axis: int, ignored: int | None = None
) -> tuple[Tensor, Tensor | None]:
    """Return the labels as int64 under the axes of ``scores``, with length 1 at ``axis``, and where they count.

    Ignored ones become 0, so that they can index; without an ignored label the second is None: all count.
    Raises: DataError for a label that is no class, where that can be seen without waiting for a device.
    """
    shape = (*scores.shape[:axis], 1, *scores.shape[axis + 1 :])
    numbers = labels.reshape(shape).long()
    kept = None if ignored is None else numbers != ignored
    if kept is not None:
        numbers = numbers.where(kept, 0)
    classes = scores.shape[axis]
    refuse_out_of_range(numbers, classes, partial(_no_class, classes))
    return numbers, kept


def _no_class(classes: int, found: int) -> DataError:
    return DataError(f"a label is {found}, must be from 0 to {classes - 1}: there are {classes} classes")
