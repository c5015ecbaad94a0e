"""How long each layer of a net takes, by itself: its forward pass, and its part of the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from statistics import median

import torch
from torch import Tensor

from netdef.cli.iteration_time import Precision
from netdef.cli.stopwatch import Stopwatch
from netdef.graph.graph import Node, Value
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.module.layer_module import LayerModule
from netdef.net import Net

Span = Callable[[Node, str], AbstractContextManager[object]]
"""Makes the context in which a layer runs one way."""


@dataclass
class LayerTime:
    """The milliseconds of one layer in several passes."""

    name: str
    forwards: list[float] = field(default_factory=list)
    backwards: list[float] = field(default_factory=list)

    @property
    def forward(self) -> float:
        """The median forward."""
        return median(self.forwards)

    @property
    def backward(self) -> float:
        """The median backward; 0 for a layer that no gradient goes through."""
        return median(self.backwards)


def time_layers(net: Net, inputs: Mapping[str, Tensor], passes: int, precision: Precision) -> list[LayerTime]:
    """Time each layer in so many passes over the net, after one to warm up.

    Each layer is a graph of its own for autograd, so that its backward pass can be run, and timed, apart from the rest.
    """
    times = [LayerTime(node.name) for node in net.graph.nodes]
    for number in range(passes + 1):
        forwards, backwards = LayerPass(net, inputs, precision).run()
        for layer, forward, backward in zip(times, forwards, backwards, strict=True):
            if number:
                layer.forwards.append(forward)
                layer.backwards.append(backward)
    return times


def no_span(node: Node, way: str) -> AbstractContextManager[object]:
    """Mark nothing."""
    return nullcontext()


class LayerPass:
    """One pass forward and back, layer by layer.

    ``span`` makes the context in which a layer runs "forward" or "backward". ``values`` are cut off from the layers
    that made them.
    """

    def __init__(self, net: Net, inputs: Mapping[str, Tensor], precision: Precision, span: Span = no_span) -> None:
        self.net = net
        self.inputs = inputs
        self.precision = precision
        self.span = span
        self.watch = Stopwatch(net.device)
        self.pieces = net.no_values()
        self.values: dict[Value, Tensor] = {}
        self.made: dict[Value, Tensor] = {}
        self.gradients: dict[Value, Tensor] = {}

    def run(self) -> tuple[list[float], list[float]]:
        """Return the milliseconds of each layer, forward and backward, in the net's order."""
        return self.forward(), self.backward()

    def forward(self) -> list[float]:
        """Run the layers in their order, and return the milliseconds of each."""
        return [self._forward(module) for module in self.net.steps]

    def backward(self) -> list[float]:
        """Run back through the layers, and return the milliseconds of each in the net's order."""
        return [self._backward(module) for module in reversed(self.net.steps)][::-1]

    def _forward(self, module: LayerModule) -> float:
        node = module.node
        draws = Draws(self.net.seed, node.name)
        ctx = Context(node.layer.train, draws, module.state, device=self.net.device, dtype=self.net.dtype)
        with self.span(node, "forward"):
            self.watch.lap()
            with self.precision():
                tops = module.run(ctx, self.inputs, self.pieces)
            time = self.watch.lap()
        for piece, value, weight, top in zip(module.step.tops, node.tops, node.loss_weights, tops, strict=True):
            self.made[value] = top
            self.pieces[piece] = self.values[value] = top.detach().requires_grad_(top.requires_grad)
            if weight and top.requires_grad:
                self.gradients[value] = torch.full_like(top, weight)
        return time

    def _backward(self, module: LayerModule) -> float:
        node = module.node
        tops = [top for top in node.tops if top in self.gradients]
        bottoms = self._learning_bottoms(node)
        wanted = [self.values[bottom] for bottom in bottoms] + [blob for blob in module.blobs if blob.requires_grad]
        if not tops or not wanted:
            return 0.0
        with self.span(node, "backward"):
            self.watch.lap()
            found = torch.autograd.grad(
                [self.made[top] for top in tops], wanted, [self.gradients[top] for top in tops], allow_unused=True
            )
            time = self.watch.lap()
        for bottom, gradient in zip(bottoms, found, strict=False):
            self._add(bottom, gradient)
        return time

    def _learning_bottoms(self, node: Node) -> list[Value]:
        through = dict.fromkeys(bottom for bottom, down in zip(node.bottoms, node.propagates, strict=True) if down)
        return [bottom for bottom in through if self.values[bottom].requires_grad]

    def _add(self, value: Value, gradient: Tensor | None) -> None:
        if gradient is not None:
            known = self.gradients.get(value)
            self.gradients[value] = gradient if known is None else known + gradient
