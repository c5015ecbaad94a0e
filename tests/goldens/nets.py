"""Cases of layers/ and nets/: a net, its inputs and parameters, and everything that Caffe computed with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdef.graph.build import build
from netdef.graph.graph import Graph, Node, Value
from netdef.graph.in_place import spoilt_in_caffe
from netdef.graph.splits import with_splits
from netdef.layers.python import python_layers
from netdef.module.layer_module import LayerModule
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from tests.goldens.compare import NETS, Tolerance, check, family

Arrays = Mapping[str, np.ndarray]


class Recorded:
    """One run of a net, forward and backward, with every version of every blob and its gradient."""

    def __init__(self, net: Net, arrays: Arrays, device: str) -> None:
        self.net = net
        self.tops: dict[Value, Tensor] = {}
        hooks = [module.register_forward_hook(self._record) for module in net.layers]
        inputs = {key.split("/", 1)[1]: array for key, array in arrays.items() if key.startswith("in/")}
        asked = {value.name for value in net.graph.values() if _is_asked_for(value)}
        tensors = {
            name: torch.tensor(array, dtype=net.dtype, device=device, requires_grad=name in asked)
            for name, array in inputs.items()
        }
        self.result = net(tensors)
        for hook in hooks:
            hook.remove()
        self._backward(arrays, device)

    def _record(self, module: nn.Module, args: object, tops: tuple[Tensor, ...]) -> None:
        assert isinstance(module, LayerModule)
        for value, tensor in zip(module.node.tops, tops, strict=True):
            if tensor.requires_grad:
                tensor.retain_grad()
            elif _is_asked_for(value):  # nothing below learns: Caffe has its gradient all the same
                tensor.requires_grad_()
            self.tops[value] = tensor

    def _backward(self, arrays: Arrays, device: str) -> None:
        roots: list[tuple[Tensor, Tensor]] = []
        for node in self.net.graph.nodes:
            for value, weight in zip(node.tops, node.loss_weights, strict=True):
                tensor = self.tops[value]
                diff = arrays.get(f"out_diff/{value.name}") if not value.consumers else None
                if diff is None and weight:
                    diff = np.full(tensor.shape, weight, np.float32)
                if diff is not None and tensor.requires_grad and node.backward:
                    roots.append((tensor, torch.tensor(diff, dtype=tensor.dtype, device=device).reshape(tensor.shape)))
        if roots:
            torch.autograd.backward([tensor for tensor, _ in roots], [diff for _, diff in roots])

    def blob(self, name: str) -> Tensor:
        """The last version of a blob."""
        return next(tensor for value, tensor in reversed(self.tops.items()) if value.name == name)

    def diff(self, name: str) -> np.ndarray:
        """The gradient that Caffe leaves in a blob: layers in place overwrite it, so the first version's."""
        value, tensor = next((value, tensor) for value, tensor in self.tops.items() if value.name == name)
        if tensor.grad is not None:
            return tensor.grad.cpu().numpy()
        weight = value.producer.loss_weights[value.top]
        return np.full(tuple(tensor.shape), weight, np.float32)


def _is_asked_for(value: Value) -> bool:
    """Whether a layer above sends a gradient down to a blob."""
    return any(node.backward and node.propagates[index] for node, index in value.consumers)


def load_graph(path: Path, arrays: Arrays) -> Graph:
    loaded = load_net(path)
    state = schema.NetState()
    state.CopyFrom(loaded.message.state)  # to whose stages others are added
    state.MergeFrom(schema.NetState(phase=schema.Phase.Name(int(arrays.get("meta/phase", schema.TRAIN)))))
    state.level = int(arrays.get("meta/level", 0))
    state.stage.extend(str(stage) for stage in arrays.get("meta/stages", ()))
    with python_layers():
        graph = build(loaded.message, state, locate=loaded.locate)
    for node in graph.nodes:
        if node.backward and node.layer.backward_fills_bottoms:
            node.propagates = tuple(_fills(node, index) for index in range(len(node.bottoms)))
    return graph


def _fills(node: Node, index: int) -> bool:
    """Whether Caffe's layer gives a bottom a gradient: one that a Split lies below of goes no further."""
    alone = len(node.bottoms[index].consumers) == 1
    return node.propagates[index] or (alone and node.layer.takes_gradient(index))


def set_parameters(net: Net, arrays: Arrays) -> None:
    for key, array in arrays.items():
        if key.startswith("param/"):
            layer, index = key.removeprefix("param/").rsplit("/", 1)
            with torch.no_grad():
                blob = net.blobs_of(layer)[int(index)]
                blob.copy_(torch.from_numpy(array.astype(np.float32)).reshape(blob.shape))


def run_layer_case(prototxt: Path, npz: Path, device: str) -> None:
    arrays = dict(np.load(npz))
    net = Net(load_graph(prototxt, arrays), device=device)
    set_parameters(net, arrays)
    compare_run(net, Recorded(net, arrays, device), arrays, family(prototxt.parent.name))


def run_net_case(prototxt: Path, npz: Path, device: str) -> None:
    arrays = dict(np.load(npz))
    graph = load_graph(prototxt, arrays)
    if "meta/layer_names" in arrays:
        check_structure(graph, arrays)
    net = Net(graph, device=device)
    set_parameters(net, arrays)
    steps = sorted({key.split("/")[0] for key in arrays if key.startswith("step")})
    for step in steps or [""]:
        mine = {key.removeprefix(step + "/"): array for key, array in arrays.items() if key.startswith(step)}
        net.zero_grad()
        compare_run(net, Recorded(net, mine, device), mine, NETS)


def check_structure(graph: Graph, arrays: Arrays) -> None:
    """The layers, wires and loss weights are those of Caffe's net, its automatic splits included."""
    layers = with_splits(graph)
    assert [layer.name for layer in layers] == arrays["meta/layer_names"].tolist()
    assert [layer.type for layer in layers] == arrays["meta/layer_types"].tolist()
    assert [f"{layer.name}: {','.join(layer.bottoms)}" for layer in layers] == arrays["meta/layer_bottoms"].tolist()
    assert [f"{layer.name}: {','.join(layer.tops)}" for layer in layers] == arrays["meta/layer_tops"].tolist()
    originals = {top: layer.bottoms[0] for layer in layers if layer.type == "Split" for top in layer.tops}
    outputs = {originals.get(name, name) for name in arrays["meta/net_outputs"].tolist()}
    assert [output.name for output in graph.outputs] == sorted(outputs)


def spoilt(graph: Graph) -> set[str]:
    """The layers and blobs whose gradients Caffe gets wrong, since an in-place layer overwrote what it needs."""
    below = [node for node, _ in spoilt_in_caffe(graph.nodes)]
    names: set[str] = set()
    while below:
        node = below.pop()
        names.add(f"layer {node.name}")
        names.update(f"blob {bottom.name}" for bottom in node.bottoms)
        below += [bottom.producer for bottom in node.bottoms if f"layer {bottom.producer.name}" not in names]
    return names


def compare_run(net: Net, run: Recorded, arrays: Arrays, tolerance: Tolerance) -> None:
    wrong = spoilt(net.graph)
    for key, wanted in arrays.items():
        kind, _, name = key.partition("/")
        if kind.endswith("_diff") and (f"blob {name}" in wrong or f"layer {name.rsplit('/', 1)[0]}" in wrong):
            continue
        match kind:
            case "loss":
                check(key, run.result.loss.detach().cpu(), np.float64(wanted).reshape(()), NETS)
            case "out":
                check(key, run.blob(name).detach().cpu(), wanted, tolerance)
            case "in_diff" | "mid_diff" | "blob_diff":
                check(key, run.diff(name), wanted, tolerance)
            case "param_after" | "param_diff":
                layer, index = name.rsplit("/", 1)
                blob = net.blobs_of(layer)[int(index)]
                tensor = blob.detach() if kind == "param_after" else _gradient(net, layer, int(index))
                check(key, tensor.cpu().reshape(wanted.shape), wanted, tolerance)


def _gradient(net: Net, layer: str, index: int) -> Tensor:
    node = next(node for node in net.graph.nodes if node.name == layer)
    tensor = net.tensors[node.blobs[index].parameter]
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def layer_cases(root: Path) -> list[object]:
    return [
        _case(run_layer_case, root, path, path.with_suffix(".npz"), f"layers/{path.parent.name}/{path.stem}")
        for path in sorted(root.glob("layers/*/*.prototxt"))
    ]


def net_cases(root: Path) -> list[object]:
    return [
        _case(run_net_case, root, path, npz, f"nets/{npz.stem}")
        for path in sorted(root.glob("nets/*.prototxt"))
        for npz in sorted([*root.glob(f"nets/{path.stem}.npz"), *root.glob(f"nets/{path.stem}.*.npz")])
    ]


def _case(run: Callable[[Path, Path, str], None], root: Path, prototxt: Path, npz: Path, name: str) -> object:
    return pytest.param(partial(run, prototxt.relative_to(root), npz.relative_to(root)), id=name)
