from __future__ import annotations

from pathlib import Path

import torch

from netdef.inspect.cause import causes, described, makers, named
from netdef.loading import load
from netdef.net import Net

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 dim: 7 dim: 5 } } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 3 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { kernel_size: 2 stride: 2 } }
"""


def net(folder: Path, old: str = "", new: str = "") -> Net:
    path = folder / "net.prototxt"
    path.write_text(NET.replace(old, new) if old else NET)
    return load(path, device="cpu")


def test_a_blob_is_made_by_one_layer_and_those_in_place(tmp_path: Path) -> None:
    graph = net(tmp_path).graph
    assert [node.name for node in makers(graph, "c")] == ["c", "r"]
    assert [node.name for node in named(graph, "c")] == ["c"]


def test_a_layer_is_one_line(tmp_path: Path) -> None:
    node = makers(net(tmp_path).graph, "p")[0]
    assert described(node) == (
        'layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { kernel_size: 2 stride: 2 } }'
    )


def test_options_that_differ_are_named(tmp_path: Path) -> None:
    a, b = net(tmp_path), net(tmp_path, "stride: 2", "stride: 3 round_mode: FLOOR")
    (found,) = causes(a, makers(a.graph, "p"), b, makers(b.graph, "p"))
    assert found.a == described(makers(a.graph, "p")[0])
    assert found.b == described(makers(b.graph, "p")[0])
    assert found.differs == ("pooling_param.stride: 2 -> 3", "pooling_param.round_mode added: FLOOR")


def test_parameters_that_differ_are_named_with_how_far(tmp_path: Path) -> None:
    a, b = net(tmp_path), net(tmp_path)
    with torch.no_grad():
        b.blobs_of("c")[1][2] = -4
    convolution, relu = causes(a, makers(a.graph, "c"), b, makers(b.graph, "c"))
    assert convolution.differs == ("blob 1, 3: up to 4 apart (1)",)
    assert relu.differs == ()


def test_parameters_of_other_shapes_are_named(tmp_path: Path) -> None:
    a, b = net(tmp_path), net(tmp_path, "num_output: 3", "num_output: 4")
    found = causes(a, named(a.graph, "c"), b, named(b.graph, "c"))[0].differs
    assert found[1:] == ("blob 0 is 3×2×3×3 in A, 4×2×3×3 in B", "blob 1 is 3 in A, 4 in B")


def test_a_layer_that_one_side_has_not_is_named(tmp_path: Path) -> None:
    a, b = net(tmp_path), net(tmp_path, 'layer { name: "r" type: "ReLU" bottom: "c" top: "c" }')
    for one, other, side in ((a, b, "B"), (b, a, "A")):
        last = causes(one, makers(one.graph, "c"), other, makers(other.graph, "c"))[1]
        assert last.differs == (f'layer "r" is not in {side}',)
        assert (last.a == "-") is (side == "A")
