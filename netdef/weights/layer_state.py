"""What layers remember from pass to pass beside their parameters, as arrays: the hidden state of recurrent ones."""

from __future__ import annotations

import torch

from netdef.module.layer_module import LayerModule
from netdef.net import Net
from netdef.weights.contents import Array


def layer_state(net: Net) -> dict[str, tuple[Array, ...]]:
    """Return the state that is not in weights files, by layer name."""
    return {
        module.node.name: tuple(tensor.detach().float().cpu().numpy() for tensor in hidden)
        for module in net.steps
        if (hidden := _hidden(module))
    }


def set_layer_state(net: Net, states: dict[str, tuple[Array, ...]]) -> None:
    """Put saved state into the layers that have some; one that nothing was saved of keeps its own.

    A layer whose state has other shapes now, since the batch has another size, keeps its own too.
    """
    for module in net.steps:
        hidden, saved = _hidden(module), states.get(module.node.name, ())
        if hidden and [tuple(tensor.shape) for tensor in hidden] == [array.shape for array in saved]:
            new = (torch.tensor(array).to(tensor) for tensor, array in zip(hidden, saved, strict=True))
            module.carry([*module.state[: -len(hidden)], *new])


def _hidden(module: LayerModule) -> list[torch.Tensor]:
    count = len(module.node.state)
    return module.state[-count:] if count else []
