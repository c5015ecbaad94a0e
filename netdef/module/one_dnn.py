"""Convolutions and products by oneDNN, with weights that are brought into its own layout once.

torch lays weights out at each call, which at a small batch takes as long as the arithmetic. The operators that take
laid out ones are made for its own compiler, and not documented: they are tried before they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from netdef.layers.convolution import Convolution
from netdef.layers.functions.overhang import filled
from netdef.layers.inner_product import InnerProduct
from netdef.module.layout import IMAGE_AXES

Linear = Callable[[Tensor], Tensor]
LINES = (16, 8)  # outputs and inputs of what is tried


def packed(layer: Convolution | InnerProduct, weight: Tensor, bias: Tensor | None, x: Tensor) -> Linear | None:
    """Return a layer with its weights laid out for bottoms like ``x``; None where that cannot be, or does not help."""
    if not torch.backends.mkldnn.enabled or not _suits(x) or not works():
        return None
    if isinstance(layer, InnerProduct):
        return _product(layer, weight, bias, x)
    return _convolution(layer, weight, bias, x) if x.dim() == IMAGE_AXES else None


def _suits(x: Tensor) -> bool:
    plain = type(x) is Tensor and x.device.type == "cpu" and x.dtype == torch.float32 and x.numel() > 0
    return plain and (x.dim() != IMAGE_AXES or x.is_contiguous(memory_format=torch.channels_last))


def _convolution(layer: Convolution, weight: Tensor, bias: Tensor | None, x: Tensor) -> Linear:
    windows = layer.windows.over(IMAGE_AXES - 2)
    pad, stride, dilation = (list(each) for each in (windows.pad, windows.stride, windows.dilation))
    like = list(filled(x, windows).shape)
    kernels = torch.ops.mkldnn._reorder_convolution_weight(weight, pad, stride, dilation, layer.group, like)
    convolve = torch.ops.mkldnn._convolution_pointwise.default
    return lambda x: convolve(filled(x, windows), kernels, bias, pad, stride, dilation, layer.group, "none", [], "")


def _product(layer: InnerProduct, weight: Tensor, bias: Tensor | None, x: Tensor) -> Linear:
    matrix = weight.t().contiguous() if layer.transpose else weight
    lines = torch.ops.mkldnn._reorder_linear_weight(matrix, len(x))
    multiply = torch.ops.mkldnn._linear_pointwise.default
    return lambda x: multiply(x.flatten(1), lines, bias, "none", [], "")


@cache
def works() -> bool:
    """Tell whether torch has the operators, with the arguments that are given to them here, and they compute."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    weight = torch.arange(LINES[0] * LINES[1], dtype=torch.float32).view(LINES) % 7
    x = torch.arange(2 * LINES[1], dtype=torch.float32).view(2, LINES[1]) % 5
    wanted = x @ weight.t() + weight[:, 0]
    try:
        return all(torch.equal(found.view_as(wanted), wanted) for found in _tried(x, weight))
    except (AttributeError, RuntimeError, TypeError):
        return False


def _tried(x: Tensor, weight: Tensor) -> list[Tensor]:
    from netdef.schema import netdef_pb2 as schema

    message = schema.LayerParameter(bottom=["x"], top=["y"])
    message.convolution_param.num_output = message.inner_product_param.num_output = LINES[0]
    message.convolution_param.kernel_size.append(1)
    image, kernels = x[..., None, None], weight[..., None, None]
    product = _product(InnerProduct(message), weight, weight[:, 0], x)
    return [product(x), _convolution(Convolution(message), kernels, weight[:, 0], image)(image)]
