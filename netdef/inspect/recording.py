"""What a net computes on one batch: every blob, and the gradients of its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.graph.build import AUTOMATIC
from netdef.graph.graph import Parameter
from netdef.net import Net

Array = NDArray[Any]
NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Recording:
    """Arrays by the name of their blob, inputs among them, and gradients of the loss by ``<layer>/<index>``."""

    blobs: Mapping[str, Array]
    gradients: Mapping[str, Array] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the blobs, and of the layers that have gradients."""
        return list(dict.fromkeys([*self.blobs, *(name.rpartition("/")[0] for name in self.gradients)]))


def record(net: Net, inputs: Mapping[str, Array], *, backward: bool = False) -> Recording:
    """Run a net on arrays by the names of its inputs, and keep the last version of each blob.

    Raises: UsageError if gradients are asked for where nothing is a loss.
    """
    if backward:
        _need_loss(net)
    tensors = {name: torch.tensor(array, dtype=net.dtype, device=net.device) for name, array in inputs.items()}
    names = dict.fromkeys(value.name for value in net.graph.values() if value.name != AUTOMATIC)
    with torch.set_grad_enabled(backward):
        result = net(tensors, keep=names)
    if backward:
        result.loss.backward()
    blobs = {name: _array(result.blobs[name]) for name in names}
    return Recording(blobs, dict(_gradients(net)) if backward else {})


def _need_loss(net: Net) -> None:
    if not any(any(node.loss_weights) for node in net.graph.nodes):
        raise UsageError(
            f'net "{net.graph.name}" has no loss in this phase, so it has no gradients\n'
            "    choose another phase, or give a layer a loss_weight"
        )


def _gradients(net: Net) -> Iterable[tuple[str, Array]]:
    for parameter, pieces in net.pieces.items():
        if parameter.learned and pieces.tensors[0].requires_grad:
            gradient = pieces.gradient
            yield blob_name(parameter), _array(torch.zeros(pieces.shape) if gradient is None else gradient)


def blob_name(parameter: Parameter, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return what a parameter is called in a recording; ``names`` has other names of layers."""
    return f"{names.get(parameter.owner, parameter.owner)}/{parameter.index}"


def _array(tensor: torch.Tensor) -> Array:
    array: Array = tensor.detach().to("cpu", torch.float32).contiguous().numpy()
    return array
