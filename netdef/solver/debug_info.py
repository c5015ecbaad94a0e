"""The passes of a net in numbers, blob by blob: what ``debug_info`` of a solver or a net asks for.

Source: Net::ForwardDebugInfo, BackwardDebugInfo and Backward, net.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

from netdef.errors import OptionError
from netdef.graph.graph import Node, Parameter
from netdef.graph.logged import blobs_with_gradient, bottoms_with_gradient, made_by, parameter_names
from netdef.graph.splits import SplitLayer, with_splits
from netdef.module.probe import Probe, mean_absolute
from netdef.net import Net
from netdef.solver.events import Measure, Norms, PassMeasured


class DebugInfo:
    """Measures the passes of a net that run while it is watched, layer by layer, Caffe's Splits among them.

    Gradients of parameters add up over the passes that are watched together, as over those of an iteration.

    Raises: OptionError for a net that does not lie whole on one device, or runs batches in parts.
    """

    def __init__(self, net: Net) -> None:
        _check_whole(net)
        self._net = net
        self._layers = with_splits(net.graph)
        self._probe = Probe()
        self._sums: dict[Parameter, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the net while the block runs."""
        try:
            with self._probe.watching(self._net.steps):
                yield
        finally:
            self._probe.forget()
            self._sums.clear()

    def forward(self) -> PassMeasured:
        """Return what a forward pass has made: each layer's tops, then its parameters."""
        return PassMeasured(tuple(measure for layer in self._layers for measure in self._forward(layer)))

    def backward(self, scale: float = 1.0) -> PassMeasured:
        """Return the gradients that a backward pass has made, from the last layer to the first.

        ``scale`` is by what the loss was multiplied.
        """
        layers = reversed(self._layers)
        measures = tuple(measure for layer in layers for measure in self._backward(layer, scale))
        self._probe.forget()
        data, diffs = self._net.tensors.values(), self._sums.values()
        return PassMeasured(
            measures, Norms(_norm(data, 1), _norm(diffs, 1) / scale, _norm(data, 2), _norm(diffs, 2) / scale)
        )

    def _forward(self, layer: SplitLayer) -> Iterator[Measure]:
        for name, value in zip(layer.tops, made_by(layer), strict=True):
            yield Measure(False, layer.name, "top", name, float(self._probe.tops[value]))
        if layer.node:
            (module,) = self._net.modules_of(layer.node.index)
            for name, blob in zip(parameter_names(layer.node), module.blobs, strict=True):
                yield Measure(False, layer.name, "param", name, float(mean_absolute(blob)))

    def _backward(self, layer: SplitLayer, scale: float) -> Iterator[Measure]:
        for index in bottoms_with_gradient(layer):
            yield Measure(True, layer.name, "bottom", layer.bottoms[index], self._at_bottom(layer, index) / scale)
        if layer.node:
            for index in blobs_with_gradient(self._net.graph, layer.node):
                yield Measure(True, layer.name, "param", str(index), self._summed(layer.node, index) / scale)

    def _at_bottom(self, layer: SplitLayer, index: int) -> float:
        probe = self._probe
        if layer.copied:
            found = probe.top_gradients.get(layer.copied)
        else:
            found = probe.bottom_gradients.get((layer.node, index)) if layer.node else None
        return 0.0 if found is None else float(found)

    def _summed(self, node: Node, index: int) -> float:
        """Add what a layer makes to a parameter's gradient, and return the mean absolute value of the sum."""
        parameter, gradient = node.blobs[index].parameter, self._probe.parameter_gradients.get((node, index))
        if gradient is not None:
            before = self._sums.get(parameter)
            self._sums[parameter] = gradient.clone() if before is None else before + gradient
        return float(mean_absolute(self._sums[parameter])) if parameter in self._sums else 0.0


def watching(debug_info: DebugInfo | None) -> AbstractContextManager[None]:
    """Watch a net while the block runs, if that is asked for."""
    return nullcontext() if debug_info is None else debug_info.watching()


def _norm(tensors: Iterable[Tensor], order: int) -> float:
    """Return the norm of all tensors taken as one vector."""
    norms = [float(torch.linalg.vector_norm(tensor.detach().float(), order)) for tensor in tensors]
    return float(torch.linalg.vector_norm(torch.tensor(norms, dtype=torch.float64), order))


def _check_whole(net: Net) -> None:
    if net.micro_batches == 1 and net.plan.is_whole:
        return
    raise OptionError(
        "debug_info measures whole layers at work on whole batches, all on one device, but here they are split",
        path=("debug_info",),
        hint="leave out debug_info, or --devices, --micro-batches and over_workers",
    )
