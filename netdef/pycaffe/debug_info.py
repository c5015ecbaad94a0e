"""What ``debug_info`` has a net of pycaffe log: each layer's blobs as soon as it has run."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netdef.graph.logged import blobs_with_gradient, bottoms_with_gradient, parameter_names
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.log import log
from netdef.solver.caffe_lines import measure_line, norms_line
from netdef.solver.events import Measure, Norms


class DebugLog:
    """Logs the passes of a net while it is ``on``; where ``norms``, after the first layer's backward all parameters."""

    def __init__(self, net: BufferedNet, *, norms: bool = False) -> None:
        self._net = net
        self._norms = norms
        self._on = False

    def turn(self, on: bool) -> None:
        """Begin, or end."""
        executor = self._net.executor
        if on and not self._on:
            executor.after_forward.append(self._forward)
            executor.after_backward.append(self._backward)
        elif self._on and not on:
            executor.after_forward.remove(self._forward)
            executor.after_backward.remove(self._backward)
        self._on = on

    def _forward(self, number: int) -> None:
        layer, step = self._net.executor.layers[number], self._net.executor.steps[number]
        for name, blob in zip(layer.tops, step.tops, strict=True):
            _log(False, layer.name, "top", name, blob.data)
        if layer.node:
            for name, blob in zip(parameter_names(layer.node), step.blobs, strict=True):
                _log(False, layer.name, "param", name, blob.data)

    def _backward(self, number: int) -> None:
        layer, step = self._net.executor.layers[number], self._net.executor.steps[number]
        for index in bottoms_with_gradient(layer):
            _log(True, layer.name, "bottom", layer.bottoms[index], step.bottoms[index].diff)
        for index in blobs_with_gradient(self._net.graph, layer.node) if layer.node else ():
            _log(True, layer.name, "param", str(index), step.blobs[index].diff)
        if self._norms and number == 0:
            log(norms_line(self._all_parameters()))

    def _all_parameters(self) -> Norms:
        self._net.held.bring_home()
        tensors = self._net.tensors.values()
        data = [tensor.detach().numpy(force=True) for tensor in tensors]
        diffs = [tensor.grad.numpy(force=True) for tensor in tensors if tensor.grad is not None]
        return Norms(_norm(data, 1), _norm(diffs, 1), _norm(data, 2), _norm(diffs, 2))


def _log(
    backward: bool, layer: str, role: Literal["top", "bottom", "param"], name: str, values: NDArray[np.float32]
) -> None:
    value = np.abs(values).sum() / values.size if values.size else np.nan
    log(measure_line(Measure(backward, layer, role, name, float(value))))


def _norm(arrays: list[NDArray[np.float32]], order: int) -> float:
    """Return the norm of all arrays taken as one vector."""
    return float(np.linalg.norm([np.linalg.norm(array.reshape(-1), order) for array in arrays], order))
