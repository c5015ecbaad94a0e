"""What writers of weights files write: the layers of a net as Caffe would save them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from netdef.graph.graph import Graph, Node
from netdef.graph.splits import SplitLayer, with_splits
from netdef.module.layer_module import lengths
from netdef.module.pieces import Pieces
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.weights.contents import Array


class SavedBlob(Protocol):
    """A parameter or statistic as one layer sees it."""

    @property
    def owned(self) -> bool:
        """Whether this layer made it; the others that share it did not."""

    @property
    def bytes(self) -> int:
        """The size of its values in a file."""

    def values(self) -> Array:
        """Return the values: float64 as such, all else as float32."""

    def diff(self) -> Array:
        """Return the gradient, zeros if there is none."""


@dataclass(frozen=True)
class SavedLayer:
    """A layer's message without blobs, and its blobs."""

    message: schema.LayerParameter
    blobs: tuple[SavedBlob, ...]


@dataclass(frozen=True)
class SavedNet:
    """A net's name and its layers."""

    name: str
    layers: tuple[SavedLayer, ...]


@dataclass(frozen=True)
class TensorBlob:
    """A blob of a net in memory, as a layer that may see another ``shape`` of it."""

    pieces: Pieces
    shape: tuple[int, ...]
    owned: bool

    @property
    def bytes(self) -> int:
        """The size of its values in a file."""
        return math.prod(self.shape) * (8 if self.pieces.tensors[0].dtype == torch.float64 else 4)

    def values(self) -> Array:
        """Return the values."""
        return _to_array(self.pieces.whole().reshape(self.shape))

    def diff(self) -> Array:
        """Return the gradient."""
        gradient = self.pieces.gradient
        return np.zeros(self.shape, np.float32) if gradient is None else _to_array(gradient.reshape(self.shape))


def saved_net(net: Net) -> SavedNet:
    """Return the net's layers, Caffe's automatic Splits among them."""
    layers = (
        SavedLayer(_message(net.graph, layer), () if layer.node is None else _blobs(net, layer.node))
        for layer in with_splits(net.graph)
    )
    return SavedNet(net.graph.name, tuple(layers))


def _message(graph: Graph, layer: SplitLayer) -> schema.LayerParameter:
    """Return the layer's message as Caffe's net holds it: wired through the Splits, with its phase and loss_weight.

    Statistics have a ``param`` each, that they are not learned.
    """
    message = schema.LayerParameter(phase=graph.state.phase)
    if layer.node is None:
        message.name, message.type = layer.name, layer.type
        message.top.extend(layer.tops)
    else:
        message.MergeFrom(layer.node.layer.message)
        message.ClearField("blobs")
        message.ClearField("bottom")
        if not message.loss_weight and any(layer.node.loss_weights):
            message.loss_weight.extend(layer.node.loss_weights)
        statistics = (use for use in layer.node.blobs[len(message.param) :] if not use.parameter.learned)
        message.param.extend(schema.ParamSpec(lr_mult=0) for _ in statistics)
    message.bottom.extend(layer.bottoms)
    return message


def _blobs(net: Net, node: Node) -> tuple[TensorBlob, ...]:
    pieces = net.pieces
    return tuple(
        TensorBlob(
            pieces[use.parameter],
            shape=lengths(use.shape),
            owned=(use.parameter.owner, use.parameter.index) == (node.name, index),
        )
        for index, use in enumerate(node.blobs)
    )


def _to_array(tensor: Tensor) -> Array:
    kept = tensor.dtype if tensor.dtype == torch.float64 else torch.float32
    array: Array = tensor.detach().to("cpu", kept).numpy()
    return np.asarray(array, order="C")
