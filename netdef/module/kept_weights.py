"""Convolutions and products whose weights are brought once into the form in which they are used."""

from __future__ import annotations

from torch import Tensor

from netdef.layers.convolution import Convolution
from netdef.layers.functions import winograd
from netdef.layers.inner_product import InnerProduct
from netdef.module.layout import IMAGE_AXES
from netdef.module.one_dnn import Linear, packed


def prepared(layer: Convolution | InnerProduct, weight: Tensor, bias: Tensor | None, x: Tensor) -> Linear | None:
    """Return a layer with its weights as its algorithm needs them for bottoms like ``x``; None where nothing helps."""
    if isinstance(layer, Convolution) and layer.by_winograd(x, weight, kept=True):
        kernels, (pad, _) = winograd.values_of(weight), layer.windows.over(IMAGE_AXES - 2).pad
        return lambda x: winograd.convolved(x, kernels, bias, pad, layer.group)
    return packed(layer, weight, bias, x)
