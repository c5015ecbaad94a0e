"""RadialBasis: distances from fixed codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.register import layer
from netdef.layers.shape import Shape, agree, count, show

if TYPE_CHECKING:
    from torch import Tensor

OPTION = "radial_basis_param"
SIGNS = {"#": 1, ".": -1}


@layer("RadialBasis")
class RadialBasis(Layer):
    """Measure how far each item is from each of some fixed codes of +1 and -1: Euclidean radial basis functions.

    y[n, i] = Σ_k (x[n, k] - code[i, k])², k over all numbers of an item; the smallest y is the nearest code.

    Bottom: N×…. Top: N×codes.
    Raises: OptionError for no codes, other characters than # and ., or codes of unequal lengths; ShapeError if the
    items have not as many numbers as the codes.
    Source: LeCun et al. 1998, section II.B, equation 7.
    """

    kind: ClassVar[Kind] = Kind.INNER_PRODUCT
    rowwise: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the codes."""
        self.codes = tuple(map(_read, range(len(self._texts)), self._texts))
        if not self.codes:
            raise OptionError("has no code, must have one for each output", path=(OPTION,))
        for index, code in enumerate(self.codes):
            if len(code) != len(self.codes[0]):
                message = f"code {index} has {len(code)} signs, must have as many as code 0, {len(self.codes[0])}"
                raise OptionError(message, path=(OPTION, "code", index))

    @property
    def _texts(self) -> Sequence[str]:
        return self.message.radial_basis_param.code

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return one number for each item and code."""
        (bottom,) = bottoms
        found, wanted = count(bottom[1:]), len(self.codes[0])
        if not bottom or not agree(found, wanted):
            raise ShapeError(f"bottom is {show(bottom)}, must have {wanted} numbers an item, as the codes have")
        return ((bottom[0], len(self.codes)),)

    def macs(self, *bottoms: Shape) -> int | None:
        """Return one for each number of the bottom and each code."""
        return count((*bottoms[0], len(self.codes)))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Sum the squares of the differences."""
        from netdef.layers.functions.constant import constant

        (x,) = bottoms
        return ((x.flatten(1)[:, None] - constant(self.codes, x)).square().sum(2),)


def _read(index: int, text: str) -> tuple[int, ...]:
    marks = "".join(text.split())
    strange = sorted(set(marks) - SIGNS.keys())
    if strange or not marks:
        found = f"holds {strange[0]!r}" if strange else "is empty"
        raise OptionError(f'code {index} {found}: "#" is +1, "." is -1', path=(OPTION, "code", index))
    return tuple(SIGNS[mark] for mark in marks)
