"""A convolution of which only the maxima of windows are wanted, where gradients are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from netdef.graph.chains import Chain, Role
from netdef.layers.base import Context
from netdef.layers.convolution import Convolution
from netdef.layers.pooling import Pooling
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
        self._convolution, self._windows = convolution, pooling.windows
        self._rectify = Role.RECTIFIER in chain.roles

    def run(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> tuple[Tensor, ...]:
        """Compute the maxima."""
        if self._windows is None:
            return super().run(ctx, inputs, values)
        (x,) = self._head.read(values)
        weight, *bias = self._head.blobs
        y = self._convolution.maxima(x, weight, bias[0] if bias else None, self._windows, rectify=self._rectify)
        return super().run(ctx, inputs, values) if y is None else (y,)
