"""The deployed form of a model file as an ONNX file, layer by layer, with ONNX's own LRN, for other engines to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.contest.case import Case
from benchmarks.twins.twins import TWINS
from benchmarks.twins.weights import fill
from netdef.graph.graph import Node
from netdef.loading import load
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema

INPUT = "data"  # the blob of all deployed forms
OPSET, IR = 13, 8


class OnnxFile:
    """Nodes and weights as they come; a blob's versions have names of their own."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, node: Node, *more: str, **attributes: Any) -> None:
        inputs = [*(f"{value.name}@{value.version}" for value in node.bottoms), *more]
        (top,) = node.tops
        self.nodes.append(helper.make_node(kind, inputs, [f"{top.name}@{top.version}"], **attributes))

    def keep(self, node: Node, index: int, array: np.ndarray[Any, Any]) -> str:
        name = f"{node.name}#{index}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
        return name

    def blobs(self, node: Node) -> list[np.ndarray[Any, Any]]:
        return [blob.detach().numpy() for blob in self.net.blobs_of(node.name)]

    def learned(self, node: Node) -> list[str]:
        return [self.keep(node, index, blob) for index, blob in enumerate(self.blobs(node))]


def _convolution(file: OnnxFile, node: Node) -> None:
    options = node.layer.message.convolution_param
    (kernel,) = options.kernel_size
    windows = _windows(kernel, *options.stride or [1], *options.pad or [0])
    file.add("Conv", node, *file.learned(node), group=options.group, **windows)


def _windows(kernel: int, stride: int, pad: int) -> dict[str, list[int]]:
    return {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [pad] * 4}


def _pooling(file: OnnxFile, node: Node) -> None:
    options = node.layer.message.pooling_param
    largest = options.pool == schema.PoolingParameter.MAX
    if options.global_pooling:
        file.add("GlobalMaxPool" if largest else "GlobalAveragePool", node)
        return
    windows = _windows(options.kernel_size, options.stride, options.pad)
    more = {} if largest else {"count_include_pad": 1}
    file.add("MaxPool" if largest else "AveragePool", node, ceil_mode=1, **windows, **more)


def _lrn(file: OnnxFile, node: Node) -> None:
    options = node.layer.message.lrn_param
    file.add("LRN", node, size=options.local_size, alpha=options.alpha, beta=options.beta, bias=options.k)


def _inner_product(file: OnnxFile, node: Node) -> None:
    (bottom,), (top,) = node.bottoms, node.tops
    rows = f"{node.name}@rows"
    file.nodes.append(helper.make_node("Flatten", [f"{bottom.name}@{bottom.version}"], [rows], axis=1))
    made = helper.make_node("Gemm", [rows, *file.learned(node)], [f"{top.name}@{top.version}"], transB=1)
    file.nodes.append(made)


def _batch_norm(file: OnnxFile, node: Node) -> None:
    means, variances, factor = file.blobs(node)
    ones = np.ones_like(means)
    given = (ones, 0 * ones, means / factor, variances / factor)
    names = [file.keep(node, index, array) for index, array in enumerate(given)]
    file.add("BatchNormalization", node, *names, epsilon=node.layer.message.batch_norm_param.eps)


def _scale(file: OnnxFile, node: Node) -> None:
    """As a normalization by mean 0 and variance 1, which other engines fold into the convolution before it."""
    slope, offset = file.blobs(node)
    given = (slope, offset, np.zeros_like(slope), np.ones_like(slope))
    names = [file.keep(node, index, array) for index, array in enumerate(given)]
    file.add("BatchNormalization", node, *names, epsilon=0.0)


WRITERS: dict[str, Callable[[OnnxFile, Node], None]] = {
    "Convolution": _convolution,
    "Pooling": _pooling,
    "LRN": _lrn,
    "InnerProduct": _inner_product,
    "BatchNorm": _batch_norm,
    "Scale": _scale,
    "ReLU": lambda file, node: file.add("Relu", node),
    "Dropout": lambda file, node: file.add("Identity", node),
    "Concat": lambda file, node: file.add("Concat", node, axis=1),
    "Eltwise": lambda file, node: file.add("Add", node),
    "Softmax": lambda file, node: file.add("Softmax", node, axis=1),
}


def write_onnx(case: Case, folder: str) -> str:
    """Write the deployed form of a case's net, as it is when it is made, and return the path."""
    twin = TWINS[case.net]
    net = load(twin.path, phase="TEST", stages=("deploy",), device="cpu")
    fill(net)
    path = str(Path(folder) / f"{twin.model}.onnx")
    onnx.save(model_of(net, (case.batch, *twin.image)), path)
    return path


def model_of(net: Net, shape: tuple[int, ...]) -> onnx.ModelProto:
    """Translate a net of the layer types in WRITERS."""
    file = OnnxFile(net)
    for node in net.graph.nodes:
        if not node.layer.source:
            WRITERS[node.type](file, node)
    (output,) = net.graph.outputs
    given = helper.make_tensor_value_info(f"{INPUT}@0", TensorProto.FLOAT, shape)
    made = helper.make_tensor_value_info(
        f"{output.name}@{output.version}", TensorProto.FLOAT, (shape[0], *(output.shape or ())[1:])
    )
    graph = helper.make_graph(file.nodes, net.graph.name or "net", [given], [made], file.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
