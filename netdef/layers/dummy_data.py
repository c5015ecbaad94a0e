"""DummyData: blobs that fillers make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from netdef.errors import OptionError
from netdef.fillers.rules import check
from netdef.layers.base import Arity, Context, Kind, Layer, at_least, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

OPTION = "dummy_data_param"
Each = TypeVar("Each")
OLD_LENGTHS = ("num", "channels", "height", "width")


@layer("DummyData")
class DummyData(Layer):
    """Fill each top with numbers of its ``data_filler`` (0): constants, or others that are drawn anew in every pass.

    What is drawn depends on seed, layer, top and iteration, and on nothing else.

    Bottom: none. Top: each of its ``shape``, or of num×channels×height×width in old files; one for all, or one each.
    Raises: OptionError if fillers or lengths are not one for all or one for each top, or a filler cannot fill its top.
    Source: dummy_data_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.DATA
    bottoms: ClassVar[Arity] = exactly(0)
    tops: ClassVar[Arity] = at_least(1)
    traceable: ClassVar[bool] = False

    def setup(self) -> None:
        """Read a shape and a filler for each top."""
        fillers = list(self.message.dummy_data_param.data_filler) or [schema.FillerParameter()]
        self.fillers = self._for_each_top(fillers, "data_filler")
        self.given = self._for_each_top(self._lengths(), "shape")
        for shape, filler in zip(self.given, self.fillers, strict=True):
            if any(length < 0 for length in shape):
                raise OptionError(f"shape {shape} has a negative length", path=(OPTION, "shape"))
            try:
                check(filler, shape)
            except OptionError as error:
                raise OptionError(error.message, path=(OPTION, "data_filler"), hint=error.hint) from error

    def _lengths(self) -> list[tuple[int, ...]]:
        """Return the shapes that the file gives, four old lengths included."""
        options = self.message.dummy_data_param
        old = {name: list(getattr(options, name)) for name in OLD_LENGTHS}
        if not any(old.values()):
            return [tuple(shape.dim) for shape in options.shape]
        if options.shape:
            given = ", ".join(name for name, lengths in old.items() if lengths)
            raise OptionError(f"shape and {given} are both given, must be one or the other", path=(OPTION, "shape"))
        each = [self._for_each_top(lengths, name) for name, lengths in old.items()]
        return list(zip(*each, strict=True))

    def _for_each_top(self, given: Sequence[Each], name: str) -> list[Each]:
        tops = len(self.message.top)
        if len(given) not in (1, tops):
            message = f"{name} is given {len(given)} times for {tops} tops, must be given once, or once for each"
            raise OptionError(message, path=(OPTION, name))
        return list(given) * (tops if len(given) == 1 else 1)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes that the file gives."""
        return tuple(self.given)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Fill."""
        return tuple(self.filled(ctx, index, shape) for index, shape in enumerate(self.given))

    def is_constant(self, top: int) -> bool:
        """Tell whether a top holds the same number everywhere, in every pass."""
        return self.fillers[top].type == "constant"

    def filled(self, ctx: Context, index: int, shape: Sequence[int]) -> Tensor:
        """Return the values of a top, in ``shape``."""
        import torch

        from netdef.fillers import fill

        filler = self.fillers[index]
        if self.is_constant(index):  # without a way over the host
            return torch.full(tuple(shape), filler.value, dtype=ctx.dtype, device=ctx.device)
        top = torch.empty(tuple(shape), dtype=ctx.dtype, device=ctx.device)
        fill(filler, top, (ctx.draws.seed, ctx.draws.layer, index, int(ctx.draws.iteration)))
        return top
