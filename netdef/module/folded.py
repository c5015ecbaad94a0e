"""Affine layers multiplied into the weights of the linear layer before them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.inner_product import InnerProduct
from netdef.layers.scale import Scale

Affine = BatchNorm | Scale | Bias


def composed(layers: Sequence[Affine], blobs: Sequence[Sequence[Tensor]]) -> tuple[Tensor, Tensor]:
    """Return factor f and offset g of y = f·x + g, for each channel, of affine layers one after the other, in float64.

    With f₁, g₁ of one and f₂, g₂ of the next they are f₂·f₁ and f₂·g₁ + g₂.
    """
    factor, offset = layers[0].affine(blobs[0])
    for layer, own in zip(layers[1:], blobs[1:], strict=True):
        its_factor, its_offset = layer.affine(own)
        factor, offset = its_factor * factor, torch.addcmul(its_offset, its_factor, offset)
    return factor, offset


def folded(
    linear: Convolution | InnerProduct, layers: Sequence[Affine], blobs: Sequence[Sequence[Tensor]]
) -> tuple[Tensor, Tensor | None]:
    """Return weights and bias that give what a linear layer and the affine ones behind it give: f·W, f·b + g.

    ``blobs`` are those of the linear layer, then of each of the others.
    """
    weight, *biases = blobs[0]
    if not layers:
        return weight, biases[0] if biases else None
    factor, offset = composed(layers, blobs[1:])
    bias = torch.addcmul(offset, factor, biases[0].double()) if biases else offset
    return linear.scaled(weight, factor.to(weight.dtype)), bias.to(weight.dtype)
