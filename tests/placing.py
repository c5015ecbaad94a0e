"""One net twice, on one device and on several: what both compute, and what the one says of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.graph.graph import Graph, Value
from netdef.module.layer_module import lengths
from netdef.module.pieces import Pieces
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.updater import Updater
from tests.nets import numbers

Batch = Mapping[str, Tensor]
Devices = Callable[[int], list[str]]  # what the fixture ``devices`` gives: so many devices to place a net on
OPTIONS = schema.SolverParameter(type="SGD", momentum=0.9, weight_decay=0.01, clip_gradients=2)
WORDS = {"label": 5, "same": 2, "cont": 2, "index": 3, "select": 2}  # blobs that hold one of so many whole numbers


@dataclass(frozen=True)
class Result:
    """What a pass made, learned from and left behind; gradients are None where there are none."""

    blobs: dict[str, Tensor]
    loss: Tensor
    gradients: list[Tensor | None]
    down: dict[str, Tensor | None]
    kept: list[Tensor]


def batch(graph: Graph, dtype: torch.dtype = torch.float64, device: str = "cpu") -> dict[str, Tensor]:
    """Return numbers for every input, which want gradients if the net forces them."""
    tops = [top for node in graph.sources for top in node.tops]
    made = {top.name: _input(top, seed, dtype).to(device) for seed, top in enumerate(tops)}
    for name, tensor in made.items():
        tensor.requires_grad_(graph.force_backward and name not in WORDS)
    return made


def _input(top: Value, seed: int, dtype: torch.dtype) -> Tensor:
    drawn = numbers(*lengths(top.shape or ()), seed=seed + 100, dtype=dtype)
    return (drawn.abs() * 10).floor() % WORDS[top.name] if top.name in WORDS else drawn


def passed(net: Net, inputs: Batch, iteration: int = 0) -> Result:
    """Run a net forward and, if it has a loss that hangs on anything, backward."""
    net.zero_grad(set_to_none=True)
    for tensor in inputs.values():
        tensor.grad = None
    result = net(inputs, iteration=iteration)
    if result.loss.requires_grad:
        result.loss.backward()
    own = net.pieces
    return Result(
        {name: tensor.detach() for name, tensor in result.blobs.items()},
        result.loss.detach(),
        [own[parameter].gradient for parameter in net.graph.learned()],
        {name: tensor.grad for name, tensor in inputs.items()},
        [own[parameter].whole().clone() for parameter in net.graph.parameters if not parameter.learned],
    )


def updater_of(net: Net, options: schema.SolverParameter, *, keep_updates: bool = False) -> Updater:
    parameters, tensors = zip(*net.stored(), strict=True)
    rates, decays = [each.lr_mult for each in parameters], [each.decay_mult for each in parameters]
    return Updater(options, tensors, rates, decays, keep_updates=keep_updates)


def trained(net: Net, inputs: Batch, steps: int = 10, options: schema.SolverParameter = OPTIONS) -> list[Pieces]:
    """Do some iterations of a solver, and return its histories."""
    updater = updater_of(net, options)
    for iteration in range(steps):
        passed(net, inputs, iteration)
        updater.step([tensor.grad for _, tensor in net.stored()], rate=0.05, iteration=iteration)
    return net.holdings.joined(updater.histories)


def whole(pieces: Iterable[Pieces]) -> list[Tensor]:
    return [each.whole().cpu() for each in pieces]


def assert_same(one: object, other: object, dtype: torch.dtype = torch.float64) -> None:
    """Compare numbers to 1e-12 of the largest in float64, in float32 to rounding."""
    tolerance = 1e-12 if dtype == torch.float64 else 1e-5
    torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance, check_device=False, check_stride=False)
