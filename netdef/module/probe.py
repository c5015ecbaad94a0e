"""Sees what each layer of a net makes, and the gradients that come to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor

from netdef.graph.graph import Node, Value
from netdef.module.layer_module import LayerModule


class Probe:
    """Keeps of a pass the mean absolute values of tops and gradients, and the gradients of parameters.

    It hands each layer views of what the layer reads, and autograd tells what comes to these: of a blob with several
    readers, and of a parameter with several users, the share of each. Layers must be whole, each run by one module.

    ``tops`` and ``top_gradients`` are by value, ``bottom_gradients`` by layer and number of the bottom,
    ``parameter_gradients`` by layer and number of the blob.
    """

    def __init__(self) -> None:
        self.tops: dict[Value, Tensor] = {}
        self.top_gradients: dict[Value, Tensor] = {}
        self.bottom_gradients: dict[tuple[Node, int], Tensor] = {}
        self.parameter_gradients: dict[tuple[Node, int], Tensor] = {}

    def forget(self) -> None:
        """Make room for another pass."""
        for kept in (self.tops, self.top_gradients, self.bottom_gradients, self.parameter_gradients):
            kept.clear()

    @contextmanager
    def watching(self, modules: Sequence[LayerModule]) -> Iterator[None]:
        """See what these modules do while the block runs; they all run one by one."""
        handles = [hooked for module in modules for hooked in self._hook(module)]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _hook(self, module: LayerModule) -> Iterable[Any]:
        own: dict[str, Any] = {}
        yield module.register_forward_pre_hook(partial(self._before, own))
        yield module.register_forward_hook(partial(self._after, own), always_call=True)

    def _before(self, own: dict[str, Any], module: LayerModule, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if not torch.is_grad_enabled() or not module.node.backward:
            return arguments
        self._lend_views(own, module)
        ctx, *bottoms = arguments
        return ctx, *(self._seen(module.node, index, bottom) for index, bottom in enumerate(bottoms))

    def _lend_views(self, own: dict[str, Any], module: LayerModule) -> None:
        for index in range(len(module.node.blobs)):
            name = f"blob_{index}"
            parameter = module._parameters.get(name)
            if parameter is not None and parameter.requires_grad:
                own[name] = parameter
                view = parameter.view_as(parameter)
                view.register_hook(partial(_keep, self.parameter_gradients, (module.node, index)))  # type: ignore[no-untyped-call]
                module._parameters[name] = view  # type: ignore[assignment]

    def _seen(self, node: Node, index: int, bottom: Tensor) -> Tensor:
        if index >= len(node.propagates) or not node.propagates[index] or not bottom.is_floating_point():
            return bottom
        view = bottom.view_as(bottom) if bottom.requires_grad else bottom.detach().requires_grad_()
        view.register_hook(partial(_keep_mean, self.bottom_gradients, (node, index)))  # type: ignore[no-untyped-call]
        return view

    def _after(self, own: dict[str, Any], module: LayerModule, _: object, tops: Sequence[Tensor] | None) -> None:
        module._parameters.update(own)
        own.clear()
        for value, top in zip(module.node.tops, tops or (), strict=False):
            self.tops.setdefault(value, mean_absolute(top.detach()))  # not what the backward pass makes once more
            if top.requires_grad:
                top.register_hook(partial(_keep_mean, self.top_gradients, value))  # type: ignore[no-untyped-call]


def _keep(kept: dict[Any, Tensor], key: object, gradient: Tensor | None) -> None:
    if gradient is not None:  # as a Function's backward may give it
        kept[key] = gradient


def _keep_mean(kept: dict[Any, Tensor], key: object, gradient: Tensor | None) -> None:
    if gradient is not None:
        kept[key] = mean_absolute(gradient)


def mean_absolute(tensor: Tensor) -> Tensor:
    """Return Σ|x| / n in float32; of no elements NaN, as Caffe does."""
    return tensor.detach().abs().sum(dtype=torch.float32) / tensor.numel()
