"""From a graph to steps over blobs, with Caffe's automatic Splits among them."""

from __future__ import annotations

from netdef.blob import Blob
from netdef.graph.graph import Node, Value
from netdef.graph.splits import SplitLayer, with_splits
from netdef.layers.dummy_data import DummyData
from netdef.layers.python import Python
from netdef.net import Net
from netdef.pycaffe.dummy_data_step import DummyDataStep
from netdef.pycaffe.executor import Executor
from netdef.pycaffe.held_blobs import HeldBlobs
from netdef.pycaffe.layer_step import LayerStep
from netdef.pycaffe.python_step import PythonStep
from netdef.pycaffe.source_step import SourceStep
from netdef.pycaffe.split_step import SplitStep
from netdef.pycaffe.steps import Step


def wire(net: Net, held: HeldBlobs) -> Executor:
    """Return what runs a net's layers one by one over blobs of their own."""
    wiring = _Wiring(net, held)
    layers = with_splits(net.graph)
    for layer in layers:
        wiring.add(layer)
    return Executor(layers, wiring.steps, wiring.blobs)


class _Wiring:
    """The wiring of one net, in file order."""

    def __init__(self, net: Net, held: HeldBlobs) -> None:
        self.net = net
        self.held = held
        self.steps: list[Step] = []
        self.blobs: list[tuple[str, Blob]] = []
        self.by_name: dict[str, Blob] = {}
        self.written: dict[str, Value] = {}
        self.last = {value.name: value for value in net.graph.values()}

    def add(self, layer: SplitLayer) -> None:
        bottoms = [self.by_name[name] for name in layer.bottoms]
        node = layer.node
        if node is None:
            value = self.written[layer.bottoms[0]]
            self.steps.append(self._split(layer, value, bottoms[0]))
        else:
            self.steps.append(self._layer(node, bottoms))

    def _layer(self, node: Node, bottoms: list[Blob]) -> Step:
        tops = [self._top(value) for value in node.tops]
        weights = [_own_weight(value) for value in node.tops]
        if node.layer.source:
            return SourceStep(node, tops)
        if isinstance(node.layer, DummyData):
            return DummyDataStep(node, node.layer, tops, weights)
        held = self.held.of(node)
        if isinstance(node.layer, Python):
            return PythonStep(node, node.layer, bottoms, tops, held, weights)
        (module,) = self.net.modules_of(node.index)
        overwritten = [self.last[bottom.name] is not bottom for bottom in node.bottoms]
        return LayerStep(module, bottoms, tops, held, weights, overwritten)

    def _top(self, value: Value) -> Blob:
        """Return the blob that a layer writes: in place, the one that it reads."""
        self.written[value.name] = value
        return self.by_name[value.name] if value.version else self._new(value.name)

    def _new(self, name: str) -> Blob:
        blob = Blob(0)
        self.blobs.append((name, blob))
        self.by_name[name] = blob
        return blob

    def _split(self, layer: SplitLayer, value: Value, bottom: Blob) -> SplitStep:
        weight = _split_weight(value)
        weights = [weight, *[0.0] * (len(layer.tops) - 1)]
        read = any(node.propagates[index] for node, index in value.consumers)
        backward = value.producer.backward and (read or weight != 0)
        return SplitStep(layer.name, bottom, [self._new(name) for name in layer.tops], weights, backward=backward)


def _split_weight(value: Value) -> float:
    """Return the loss weight that a Split takes over from the layer that makes its bottom: where the file gives one."""
    given = value.producer.layer.message.loss_weight
    return given[value.top] if given and len(value.consumers) > 0 else 0.0


def _own_weight(value: Value) -> float:
    return 0.0 if _split_weight(value) else value.producer.loss_weights[value.top]
