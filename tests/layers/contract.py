"""What every layer must keep, whatever it computes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence

import numpy as np
import torch
from google.protobuf import text_format
from numpy.typing import NDArray
from torch import Tensor

from netdef.layers.base import Context, Layer
from netdef.layers.draws import Draws
from netdef.layers.register import make_layer
from netdef.layers.shape import Shape, compatible
from netdef.schema import netdef_pb2 as schema

Array = NDArray[np.float64]


def message(kind: str, options: str = "", *, bottoms: int = 1, tops: int = 1) -> schema.LayerParameter:
    """Return the message of a layer of type ``kind`` whose bottoms are b0, b1 … and whose tops t0, t1 …"""
    made = text_format.Parse(options, schema.LayerParameter(name="layer", type=kind))
    made.bottom.extend(f"b{index}" for index in range(bottoms))
    made.top.extend(f"t{index}" for index in range(tops))
    return made


def make(kind: str, options: str = "", *, bottoms: int = 1, tops: int = 1, train: bool = False) -> Layer:
    """Make a layer and check its wires."""
    wired = message(kind, options, bottoms=bottoms, tops=tops)
    layer = make_layer(wired, schema.TRAIN if train else schema.TEST)
    layer.check_wiring(wired.bottom, wired.top)
    return layer


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Return different random numbers around 0, the same for each seed."""
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def random_params(layer: Layer, *bottoms: Tensor) -> list[Tensor]:
    """Return a value for each learnable blob."""
    specs = layer.parameters(*shapes_of(bottoms))
    return [numbers(*known(spec.shape), seed=50 + index) for index, spec in enumerate(specs)]


def shapes_of(tensors: Sequence[Tensor]) -> list[Shape]:
    return [tuple(tensor.shape) for tensor in tensors]


def known(shape: Shape) -> tuple[int, ...]:
    assert None not in shape
    return tuple(length for length in shape if length is not None)


def context(layer: Layer, state: Sequence[Tensor] = (), rows: Tensor | None = None) -> Context:
    return Context(layer.train, Draws(seed=1, layer=layer.message.name, rows=rows), state)


def run(layer: Layer, *bottoms: Tensor, params: Sequence[Tensor] = (), state: Sequence[Tensor] = ()) -> list[Array]:
    """Return what the layer makes of the bottoms, as arrays."""
    tops = layer.forward(context(layer, state), params, *bottoms)
    return [top.detach().numpy() for top in tops]


def gradients(layer: Layer, *bottoms: Tensor, top: int = 0, params: Sequence[Tensor] = ()) -> list[Array]:
    """Return the gradients of the bottoms where each number of one top has the gradient 1, 2, 3 …"""
    watched = [bottom.clone().requires_grad_() for bottom in bottoms]
    result = layer.forward(context(layer), params, *watched)[top]
    slopes = torch.arange(1, result.numel() + 1, dtype=result.dtype).view(result.shape)
    found = torch.autograd.grad(result, watched, slopes, allow_unused=True, materialize_grads=True)
    return [each.numpy() for each in found]


def check_layer(
    layer: Layer, *bottoms: Tensor, state: Sequence[Tensor] = (), differentiable: bool = True
) -> tuple[list[Array], list[Array]]:
    """Hold a layer against its contract and return its tops and the parameters that it was given.

    The shape rule says what the tensors are, with the batch known or not; gradients are derivatives; float32 and
    channels_last give the same numbers; the class says what it takes, makes and where it comes from, and needs no torch
    to be imported.
    """
    params = random_params(layer, *bottoms)
    tops = layer.forward(context(layer, state), params, *bottoms)
    check_shapes(layer, bottoms, tops)
    check_layouts(layer, bottoms, params, state, tops)
    if differentiable:
        check_derivative(layer, bottoms, params, state)
    check_text(layer)
    return [top.detach().numpy() for top in tops], [param.numpy() for param in params]


def check_shapes(layer: Layer, bottoms: Sequence[Tensor], tops: Sequence[Tensor]) -> None:
    said, real = layer.shapes(*shapes_of(bottoms)), tuple(shapes_of(tops))
    assert said == real
    vague = layer.shapes(*((None,) * len(shape) for shape in shapes_of(bottoms)))
    assert len(vague) == len(real)
    assert all(map(compatible, vague, real))
    assert all(map(compatible, layer.shapes(*((None, *shape[1:]) for shape in shapes_of(bottoms))), real))


def check_layouts(
    layer: Layer, bottoms: Sequence[Tensor], params: Sequence[Tensor], state: Sequence[Tensor], tops: Sequence[Tensor]
) -> None:
    pixels_first = [b.contiguous(memory_format=torch.channels_last) if b.dim() == 4 else b for b in bottoms]
    singles = [[each.float() for each in group] for group in (state, params, pixels_first)]
    others = layer.forward(context(layer, state), params, *pixels_first)
    rough = layer.forward(context(layer, singles[0]), singles[1], *singles[2])
    for top, other, single in zip(tops, others, rough, strict=True):
        torch.testing.assert_close(other, top)
        assert single.dtype == torch.float32
        torch.testing.assert_close(single.double(), top, rtol=1e-4, atol=1e-5)


def check_derivative(
    layer: Layer, bottoms: Sequence[Tensor], params: Sequence[Tensor], state: Sequence[Tensor]
) -> None:
    count = len(bottoms)
    inputs = [b.clone().requires_grad_(layer.takes_gradient(index)) for index, b in enumerate(bottoms)]
    inputs += [param.clone().requires_grad_() for param in params]

    def forward(*values: Tensor) -> tuple[Tensor, ...]:
        tops = layer.forward(context(layer, state), values[count:], *values[:count])
        return tuple(top for top in tops if top.requires_grad)

    assert torch.autograd.gradcheck(forward, inputs)


def check_text(layer: Layer) -> None:
    words = ("Top:", "Source:") if layer.source else ("Bottom:", "Top:", "Source:")
    for word in words:
        assert word in (inspect.getdoc(type(layer)) or ""), f"{layer.type}: no {word} in its docstring"
    module = inspect.getmodule(type(layer))
    assert module is not None
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            assert "torch" not in ast.unparse(statement), f"{module.__name__} imports torch as it is read"
