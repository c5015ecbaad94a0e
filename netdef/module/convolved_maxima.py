"""A convolution of which only the maxima of windows are wanted, where gradients are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from netdef.graph.chains import Chain, Role
from netdef.layers.base import Context
from netdef.layers.convolution import IMAGE_AXES, Convolution
from netdef.layers.functions.convolved_maxima import maxima, takes
from netdef.layers.pooling import Pooling
from netdef.layers.pooling_windows import PoolingWindows
from netdef.module.joined_layers import JoinedLayers
from netdef.module.layer_module import LayerModule
from netdef.module.values import Values


class ConvolvedMaxima(JoinedLayers):
    """Runs a convolution, ReLU if there is one, and maxima at once, where kernels can; else one after the other."""

    def __init__(self, chain: Chain, modules: Sequence[LayerModule]) -> None:
        super().__init__(chain, modules)
        convolution, pooling = chain.head.layer, chain.steps[-1].layer
        assert isinstance(convolution, Convolution)
        assert isinstance(pooling, Pooling)
        self._convolution, self._pooling = convolution, pooling.windows
        self._windows = convolution.windows.over(IMAGE_AXES - 2)
        self._rectify = Role.RECTIFIER in chain.roles
        self._asked: tuple[torch.Size, bool] | None = None  # the latest shape, and whether it is to be at once

    def run(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> tuple[Tensor, ...]:
        """Compute the maxima."""
        (x,) = self._head.read(values)
        if self._pooling is None or not self._is_faster(x.shape, self._pooling):
            return super().run(ctx, inputs, values)
        weight, *bias = self._head.blobs
        if not takes(x, weight):
            return super().run(ctx, inputs, values)
        return (maxima(x, weight, bias[0] if bias else None, self._windows, self._pooling, rectify=self._rectify),)

    def _is_faster(self, shape: torch.Size, pooling: PoolingWindows) -> bool:
        if self._asked is None or self._asked[0] != shape:
            self._asked = shape, self._convolution.maxima_at_once(tuple(shape), pooling)
        return self._asked[1]
