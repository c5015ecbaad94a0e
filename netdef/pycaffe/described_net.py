"""What a net says of itself: its layers, blobs and parameters by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from netdef.blob import Blob
from netdef.errors import UsageError
from netdef.pycaffe.blob_vec import BlobVec
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.names import Names


class DescribedNet:
    """A net's names and what stands under them."""

    def __init__(self, net: BufferedNet) -> None:
        self._net = net
        self._names = Names(net.executor.layers)

    @property
    def name(self) -> str:
        """The net's name."""
        return self._net.graph.name

    @cached_property
    def blobs(self) -> OrderedDict[str, Blob]:
        """All blobs by name, in the order of their making."""
        return OrderedDict(self._net.executor.blobs)

    @cached_property
    def blob_loss_weights(self) -> OrderedDict[str, float]:
        """The loss weight of each blob."""
        steps = self._net.executor.steps
        weights = {id(top): weight for step in steps for top, weight in zip(step.tops, step.weights, strict=True)}
        return OrderedDict((name, weights[id(blob)]) for name, blob in self.blobs.items())

    @cached_property
    def layers(self) -> list[Any]:
        """All layers, each with its ``type`` and ``blobs``; of Python layers the objects themselves."""
        return [step.shown for step in self._net.executor.steps]

    @cached_property
    def layer_dict(self) -> OrderedDict[str, Any]:
        """All layers by name."""
        return OrderedDict(zip(self._layer_names, self.layers, strict=True))

    @cached_property
    def params(self) -> OrderedDict[str, BlobVec]:
        """The parameters and statistics of each layer that has any."""
        return OrderedDict((step.name, step.blobs) for step in self._net.executor.steps if step.blobs)

    @property
    def inputs(self) -> list[str]:
        """The blobs of Input layers."""
        return self._names.inputs

    @property
    def outputs(self) -> list[str]:
        """The blobs that no layer reads, sorted."""
        return self._names.outputs

    @property
    def top_names(self) -> OrderedDict[str, list[str]]:
        """The names of each layer's tops."""
        return self._names.tops

    @property
    def bottom_names(self) -> OrderedDict[str, list[str]]:
        """The names of each layer's bottoms."""
        return self._names.bottoms

    @property
    def _layer_names(self) -> list[str]:
        return self._names.layers

    @property
    def _blob_names(self) -> list[str]:
        return [name for name, _ in self._net.executor.blobs]

    @property
    def _blobs(self) -> list[Blob]:
        return [blob for _, blob in self._net.executor.blobs]

    @property
    def _blob_loss_weights(self) -> list[float]:
        return list(self.blob_loss_weights.values())

    @property
    def _inputs(self) -> list[int]:
        return self._numbers(self.inputs)

    @property
    def _outputs(self) -> list[int]:
        return self._numbers(self.outputs)

    def _numbers(self, names: Sequence[str]) -> list[int]:
        return [self._blob_names.index(name) for name in names]

    def _top_ids(self, layer: int) -> list[int]:
        return self._ids(self._net.executor.steps[layer].tops)

    def _bottom_ids(self, layer: int) -> list[int]:
        return self._ids(self._net.executor.steps[layer].bottoms)

    def _ids(self, blobs: Sequence[Blob]) -> list[int]:
        numbers = {id(blob): number for number, blob in enumerate(self._blobs)}
        return [numbers[id(blob)] for blob in blobs]

    def _blob(self, name: str) -> Blob:
        if name not in self.blobs:
            raise UsageError(f'net "{self.name}" has no blob "{name}"; it has: {", ".join(self.blobs)}')
        return self.blobs[name]
