"""LSTM: long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Arity, ParameterSpec, between
from netdef.layers.recurrent import Recurrent
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

GATES = 4


@layer("LSTM")
class LSTM(Recurrent):
    """Read sequences step by step, keeping what gates let in and out of a memory.

    (i, f, o, g) = W_xc · x[t] + b_c + W_hc · (cont[t] · h[t-1]), plus W_xc_static · x_static
    c[t] = cont[t] · σ(f) · c[t-1] + σ(i) · tanh(g)
    h[t] = σ(o) · tanh(c[t])

    Bottom: x T×N×…; cont T×N, 0 where a sequence begins, else 1; then, if there is one bottom more than needed, static
    N×…; at the end with ``expose_hidden`` h and c before the first step, 1×N×H each.
    Top: h T×N×H, H = num_output; with expose_hidden h and c after the last step. These and those before the first step
    carry no gradient.
    Parameters: W_xc 4H×(numbers of x[t, n]), b_c 4H, W_xc_static 4H×(numbers of static[n]) if there is one, W_hc 4H×H.
    State: h and c, 1×N×H, from pass to pass; not in weights files.
    Raises: OptionError without num_output; ShapeError if the bottoms do not fit.
    Source: recurrent_layer.cpp, lstm_layer.cpp; arXiv 1410.4615.
    """

    hidden: ClassVar[int] = 2
    bottoms: ClassVar[Arity] = between(2, 5)
    tops: ClassVar[Arity] = between(1, 3)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the weights of the gates, by what they read."""
        rows = GATES * self.outputs
        return (*self.inward(rows, *bottoms), ParameterSpec((rows, self.outputs), self.weight_filler))

    def unroll(self, params: Sequence[Tensor], inputs: Tensor, cont: Tensor, *hidden: Tensor) -> tuple[Tensor, ...]:
        """Return all h, and the last h and c."""
        import torch

        from netdef.layers.functions.lstm import gated

        (weight,) = params
        h, c = hidden
        outputs = []
        for step, goes_on in zip(inputs, cont[..., None], strict=True):
            c, h = gated(c, torch.addmm(step, h * goes_on, weight.t()), goes_on)
            outputs.append(h)
        return torch.stack(outputs), h, c
