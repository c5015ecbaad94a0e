"""RNN: a plain recurrent network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Arity, ParameterSpec, between
from netdef.layers.recurrent import Recurrent
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@layer("RNN")
class RNN(Recurrent):
    """Read sequences step by step, each step seeing what the one before made of its own.

    h[t] = tanh(W_xh · x[t] + b_h + W_hh · (cont[t] · h[t-1])), W_xh_static · x_static added inside
    y[t] = tanh(W_ho · h[t] + b_o)

    Bottom: x T×N×…; cont T×N, 0 where a sequence begins, else 1; then, if there is one bottom more than needed, static
    N×…; at the end with ``expose_hidden`` h before the first step, 1×N×H.
    Top: y T×N×H, H = num_output; with expose_hidden h after the last step. This and that before the first step carry no
    gradient.
    Parameters: W_xh H×(numbers of x[t, n]), b_h H, W_xh_static H×(numbers of static[n]) if there is one, W_hh H×H,
    W_ho H×H, b_o H.
    State: h, 1×N×H, from pass to pass; not in weights files.
    Raises: OptionError without num_output; ShapeError if the bottoms do not fit.
    Source: recurrent_layer.cpp, rnn_layer.cpp.
    """

    hidden: ClassVar[int] = 1
    bottoms: ClassVar[Arity] = between(2, 4)
    tops: ClassVar[Arity] = between(1, 2)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the weights by what they read, and those of the output."""
        square = ParameterSpec((self.outputs, self.outputs), self.weight_filler)
        return (*self.inward(self.outputs, *bottoms), square, square, ParameterSpec((self.outputs,), self.bias_filler))

    def unroll(self, params: Sequence[Tensor], inputs: Tensor, cont: Tensor, *hidden: Tensor) -> tuple[Tensor, ...]:
        """Return all outputs, and the last h."""
        import torch
        from torch.nn import functional

        onward, outward, bias = params
        (h,) = hidden
        steps = []
        for step, goes_on in zip(inputs, cont[..., None], strict=True):
            h = torch.addmm(step, h * goes_on, onward.t()).tanh()
            steps.append(h)
        return functional.linear(torch.stack(steps), outward, bias).tanh(), h
