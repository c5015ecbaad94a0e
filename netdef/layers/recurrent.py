"""What LSTM and RNN share: sequences as bottoms, hidden numbers that go from step to step and from pass to pass."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Layer, ParameterSpec, StateSpec, between, exactly
from netdef.layers.shape import Shape, agree, compatible, count, merge, show

if TYPE_CHECKING:
    from torch import Tensor

FIRST = 2  # bottoms that every recurrent layer has: the sequences, and where they go on


class Recurrent(Layer):
    """A layer that takes T steps of N sequences side by side: x T×N×…, and cont T×N, 0 where a sequence begins.

    One bottom more, N×…, is static: the same in every step. With ``expose_hidden`` the hidden blobs, 1×N×H each, come
    before the first step from further bottoms, and are given after the last step as further tops; else each pass goes
    on where the pass before stopped. No gradient flows through either.
    A batch with another number of sequences than the pass before begins with hidden blobs of 0.
    """

    hidden: ClassVar[int]
    backward_fills_bottoms: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the options and see which bottoms there are."""
        options = self.message.recurrent_param
        self.outputs = options.num_output
        self.weight_filler, self.bias_filler = options.weight_filler, options.bias_filler
        self.exposed = self.hidden if options.expose_hidden else 0
        self.static = len(self.message.bottom) > FIRST + self.exposed
        # these depend on an option: the class has the widest range
        self.bottoms = between(FIRST + self.exposed, FIRST + self.exposed + 1)  # type: ignore[misc]
        self.tops = exactly(1 + self.exposed)  # type: ignore[misc]
        if self.outputs < 1:
            raise OptionError("num_output is 0, must be at least 1", path=("recurrent_param", "num_output"))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that only the sequences and the static bottom get gradients."""
        return bottom == 0 or (self.static and bottom == FIRST)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the outputs, and of the exposed hidden blobs."""
        x, cont = bottoms[:FIRST]
        if len(x) < 3:
            message = f"bottom 0 is {show(x)}, must have at least 3 axes: steps, sequences and features"
            raise ShapeError(message, path=("bottom", 0))
        if not compatible(cont, x[:2]):
            message = f"bottom 1 is {show(cont)}, must be as the first two axes of bottom 0, {show(x)}"
            raise ShapeError(message, path=("bottom", 1))
        steps, sequences = (merge(*lengths) for lengths in zip(x, cont, strict=False))
        self._check_others(sequences, bottoms[FIRST:])
        return ((steps, sequences, self.outputs), *((1, sequences, self.outputs),) * self.exposed)

    def _check_others(self, sequences: int | None, others: Sequence[Shape]) -> None:
        for index, bottom in enumerate(others, start=FIRST):
            if self.static and index == FIRST:
                fits = len(bottom) > 1 and agree(bottom[0], sequences)
                rule = f"at least 2 axes, the first of {sequences}: one for each sequence"
            else:
                wanted = (1, sequences, self.outputs)
                fits, rule = compatible(bottom, wanted), f"the shape {show(wanted)}"
            if not fits:
                raise ShapeError(f"bottom {index} is {show(bottom)}, must have {rule}", path=("bottom", index))

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        """Return the hidden blobs that go from pass to pass."""
        spec = StateSpec((1, merge(bottoms[0][1], bottoms[1][1]), self.outputs))
        return () if self.exposed else (spec,) * self.hidden

    def inward(self, rows: int, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return weights and bias of the sequences, and the weights of the static bottom."""
        weight = ParameterSpec((rows, count(bottoms[0][2:])), self.weight_filler)
        bias = ParameterSpec((rows,), self.bias_filler)
        if not self.static:
            return (weight, bias)
        return (weight, bias, ParameterSpec((rows, count(bottoms[FIRST][1:])), self.weight_filler))

    def macs(self, *bottoms: Shape) -> int | None:
        """Return one for each weight, sequence and step; the static ones are used once for all steps."""
        steps, sequences, _ = self.shapes(*bottoms)[0]
        weights = [spec.shape for spec in self.parameters(*bottoms) if len(spec.shape) == 2]
        often = [1 if self.static and index == 1 else steps for index in range(len(weights))]
        products = [count((number, sequences, *shape)) for number, shape in zip(often, weights, strict=True)]
        return None if None in products else sum(filter(None, products))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Go through all steps."""
        from torch.nn import functional

        x, cont = bottoms[:FIRST]
        weight, bias, *others = params
        inputs = functional.linear(x.reshape(*x.shape[:2], -1), weight, bias)
        if self.static:
            static = bottoms[FIRST]
            inputs = inputs + functional.linear(static.reshape(static.shape[0], -1), others.pop(0))
        first = bottoms[-self.exposed :] if self.exposed else self._carried(ctx, x)
        y, *last = self.unroll(others, inputs, cont, *(blob[0].detach() for blob in first))
        last = [blob.detach()[None] for blob in last]
        if not self.exposed:
            ctx.new_state = last
        return (y, *last[: self.exposed])

    def _carried(self, ctx: Context, x: Tensor) -> Sequence[Tensor]:
        """Return the hidden blobs of the pass before, or zeros if those are of other sequences."""
        if all(blob.shape[1] == x.shape[1] for blob in ctx.state):
            return ctx.state
        return [x.new_zeros(1, x.shape[1], self.outputs) for _ in range(self.hidden)]

    @abstractmethod
    def unroll(self, params: Sequence[Tensor], inputs: Tensor, cont: Tensor, *hidden: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs T×N×H and the hidden blobs N×H after the last step.

        ``params`` are those behind the inward ones, ``inputs`` T×N×… what these make of the bottoms, ``hidden`` the
        blobs before the first step.
        """
