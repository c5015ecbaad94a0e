"""Eltwise: blobs combined element by element."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape, compatible, merge, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("Eltwise")
class Eltwise(Layer):
    """Add (SUM, the default), multiply (PROD) or take the largest (MAX) of the same element of all bottoms.

    SUM: y = Σ_i coeff_i · x_i, each coeff 1 unless given.
    PROD: y = Π_i x_i; its gradient is the product of the others. With stable_prod_grad
    false Caffe divides y by x_i: the same, but no number where x_i is 0; here it is the product all the same.
    MAX: the gradient goes to one bottom; of equal ones to the second rather than the first, and to no later one.
    In place Caffe's SUM and MAX leave out the first bottom; here it counts.

    Bottom: two or more of one shape. Top: the same.
    Raises: OptionError for coefficients of a product, or not one for each bottom; ShapeError for different shapes.
    Source: eltwise_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.OTHER
    channelwise: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    bottoms: ClassVar[Arity] = at_least(2)
    in_place: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the operation and the coefficients."""
        options = self.message.eltwise_param
        self.operation = options.operation
        self.coeffs = tuple(options.coeff)
        product = self.operation == schema.EltwiseParameter.PROD
        self.forward_loses_first_bottom = not product  # type: ignore[misc]
        self.backward_reads_top = product and not options.stable_prod_grad  # type: ignore[misc]
        path = ("eltwise_param", "coeff")
        if self.coeffs and product:
            raise OptionError("operation is PROD, but coeff is given: only a SUM takes coefficients", path=path)
        if self.coeffs and len(self.coeffs) != len(self.message.bottom):
            bottoms = len(self.message.bottom)
            raise OptionError(
                f"has {len(self.coeffs)} coeff for {bottoms} bottoms, must have none or {bottoms}", path=path
            )

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of all."""
        shape = bottoms[0]
        for index, bottom in enumerate(bottoms[1:], start=1):
            if not compatible(bottom, shape):
                message = f"bottom {index} is {show(bottom)}, must be as bottom 0, {show(bottoms[0])}"
                evidence = (f"bottoms are {', '.join(map(show, bottoms))}",)
                raise ShapeError(message, path=("bottom", index), evidence=evidence)
            shape = tuple(map(merge, shape, bottom))
        return (shape,)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Combine."""
        if self.operation == schema.EltwiseParameter.PROD:
            return (reduce(mul, bottoms),)
        if self.operation == schema.EltwiseParameter.MAX:
            return (_largest(bottoms),)
        if self.coeffs:
            return (reduce(add, map(mul, bottoms, self.coeffs)),)
        return (reduce(add, bottoms),)


def _largest(bottoms: Sequence[Tensor]) -> Tensor:
    """Return the maximum, with Caffe's choice among equals, where torch.maximum would share the gradient out."""
    first, second, *others = bottoms
    largest = first.where(first > second, second)
    for other in others:
        largest = other.where(other > largest, largest)
    return largest
