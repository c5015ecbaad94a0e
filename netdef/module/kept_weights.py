"""Convolutions and products whose weights are brought once into the form in which they are used."""

from __future__ import annotations

from torch import Tensor

from netdef.layers.convolution import Convolution
from netdef.layers.functions.compiled_convolution import CompiledConvolution
from netdef.layers.functions.images import suits
from netdef.layers.functions.winograd import WinogradConvolution
from netdef.layers.inner_product import InnerProduct
from netdef.module.layout import IMAGE_AXES
from netdef.module.one_dnn import Linear, packed

FEWEST_OUTPUTS = 8  # of a group: with fewer the compiled kernels leave most of their registers unused


def prepared(layer: Convolution | InnerProduct, weight: Tensor, bias: Tensor | None, x: Tensor) -> Linear | None:
    """Return a layer with its weights as its algorithm needs them for bottoms like ``x``; None where nothing helps.

    A ``CompiledConvolution`` also takes what follows it.
    """
    if isinstance(layer, Convolution) and suits(x, weight) and len(weight) // layer.group >= FEWEST_OUTPUTS:
        windows = layer.windows.over(IMAGE_AXES - 2)
        kind = WinogradConvolution if layer.by_winograd(x, weight, kept=True) else CompiledConvolution
        compiled = kind(weight, bias, windows, layer.group)
        if compiled.takes(x):
            return compiled
    return packed(layer, weight, bias, x)
