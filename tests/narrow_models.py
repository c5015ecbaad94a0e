"""AlexNets that ship, on small images and with few channels: the wiring is what counts, and halves are halves."""

from __future__ import annotations

from collections.abc import Callable

from netdef.graph.graph import Graph
from netdef.model import graph_of
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from tests.house import ROOT

PIXELS = 99  # leaves 2 x 2 in pool5
CLASSES = 8
Change = Callable[[schema.LayerParameter], None]


def narrow(name: str, change: Change = lambda layer: None, phase: schema.Phase = schema.TRAIN) -> Graph:
    """Return the graph of a model with an eighth of its kernels and 1/64 of its units; ``change`` may alter layers."""
    loaded = load_net(ROOT / f"models/{name}.prototxt")
    for layer in loaded.message.layer:
        _narrow(layer)
        change(layer)
    return graph_of(loaded, schema.NetState(phase=phase))


def _narrow(layer: schema.LayerParameter) -> None:
    if layer.type == "Data":
        layer.transform_param.crop_size, layer.data_param.batch_size = PIXELS, 2
    elif layer.type == "Convolution":
        layer.convolution_param.num_output //= 8
        _widen(layer.convolution_param.weight_filler)
    elif layer.type == "InnerProduct":
        units = layer.inner_product_param.num_output
        layer.inner_product_param.num_output = CLASSES if layer.name == "fc8" else units // 64
        _widen(layer.inner_product_param.weight_filler)


def _widen(filler: schema.FillerParameter) -> None:
    """Let small layers have scores that differ."""
    filler.std = 0.1


def without_dropout(layer: schema.LayerParameter) -> None:
    """Drop nothing: a layer's draws hang on its name."""
    if layer.type == "Dropout":
        layer.dropout_param.dropout_ratio = 0
