"""The models and solvers that ship: their published sizes, and that each file is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdef.cli.findings import check_file
from netdef.draw.summary import Summary, summary
from netdef.errors import Severity
from netdef.graph.graph import Node
from netdef.layers.register import layer_types
from netdef.layers.shape import Shape, count
from netdef.model import load_graph
from netdef.prototxt.load import load, read_text
from netdef.prototxt.write import write
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net
from tests.networks import NETWORKS

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("models", "solvers", "examples") for path in ROOT.glob(f"{folder}/*.prototxt"))


def shown(model: str, phase: str, *stages: str) -> Summary:
    state = schema.NetState(phase=phase, stage=stages)
    return summary(load_graph(str(ROOT / "models" / f"{model}.prototxt"), state))


def sizes(found: Summary) -> tuple[int | None, int | None]:
    return found["totals"]["params"], found["totals"]["macs"]


def test_every_model_is_in_the_table_and_has_a_solver() -> None:
    models = {path.stem for path in ROOT.glob("models/*.prototxt") if kind_of(path) is FileKind.NET}
    assert models == set(NETWORKS)
    assert {path.stem for path in ROOT.glob("solvers/*.prototxt")} == set(NETWORKS)


@pytest.mark.parametrize("model", NETWORKS)
def test_sizes_are_those_published(model: str) -> None:
    network = NETWORKS[model]
    deployed = shown(model, "TEST", "deploy")
    assert sizes(deployed) == (network.params, network.macs)
    whole = network.training or sizes(deployed)
    assert sizes(shown(model, "TRAIN")) == sizes(shown(model, "TEST")) == whole
    tops = {blob: tuple(shape or ())[1:] for layer in deployed["layers"] for blob, shape in layer["top_shapes"].items()}
    assert {name: tops[name] for name in network.shapes} == network.shapes


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("alexnet_paper", "conv1 relu1 norm1 pool1 conv2 conv5 pool5 fc6 relu6 drop6 fc7 fc8 prob"),
        ("zfnet", "conv1 pool1 norm1 conv5 pool5 fc6 fc7 fc8"),
        ("nin_imagenet", "conv1 cccp1 cccp2 pool0 conv2 cccp3 cccp4 pool2 conv3 cccp5 cccp6 pool3 conv4-1024"),
        ("nin_imagenet", "cccp7-1024 cccp8-1024 pool4"),
        ("nin_cifar10", "conv1 cccp1 cccp2 pool1 conv2 cccp3 cccp4 pool2 conv3 cccp5 cccp6 pool3"),
        ("vgg_d", "conv1_1 relu1_1 conv1_2 pool1 conv2_2 conv3_3 conv4_3 conv5_3 pool5 fc6 relu6 drop6 fc7 fc8 prob"),
        ("vgg_e", "conv3_4 conv4_4 conv5_4 fc8"),
        ("googlenet", "conv1/7x7_s2 inception_3a/1x1 inception_5b/pool_proj loss1/conv loss2/fc loss3/classifier"),
        ("bn_inception", "conv1_7x7 conv1_7x7_increase conv2_3x3_reduce_bn inception_a1_3x3_a inception_b4_3x3_b2"),
        ("bn_inception", "reduction_a_3x3_b2_scale inception_c2_pool_proj classifier"),
        ("inception_v3", "conv4_3x3_reduce conv4_3x3_bn inception_a3_5x5 reduction_a_3x3_3 inception_b1_7x1_reduce"),
        ("inception_v3", "inception_b4_1x7_3 reduction_b_3x3_2 inception_c1_3x1_2 inception_c2_1x1_scale classifier"),
        ("inception_v4", "conv3_3x3_s1 inception_stem2_3x3_2 inception_stem3_3x3_s2 inception_a4_3x3_2_reduce"),
        (
            "inception_v4",
            "inception_b7_7x1_2_reduce inception_b1_1x7_3 inception_c3_1x1_4 inception_c1_3x1_3 classifier",
        ),
        ("inception_resnet_v2", "conv5_1x1_ave inception_resnet_v2_a10_3x3_2_reduce inception_resnet_v2_a1_up"),
        ("inception_resnet_v2", "inception_resnet_v2_b20_residual_eltwise reduction_b_3x3_3_reduce conv6_1x1_bn"),
        ("squeezenet_v1.1", "conv1 relu_conv1 pool1 fire2/squeeze1x1 fire2/relu_squeeze1x1 fire3/expand1x1 pool3"),
        ("squeezenet_v1.1", "fire9/expand3x3 fire9/relu_expand3x3 fire9/concat drop9 conv10 relu_conv10 pool10"),
        ("resnet50", "conv1 bn_conv1 scale_conv1 conv1_relu pool1 res2a_branch1 bn2a_branch1 scale2a_branch1 res2a"),
        ("resnet50", "res2a_relu res3d_branch2b bn4f_branch2c scale5c_branch2a res5c_branch2b_relu pool5 fc1000 prob"),
        ("resnet101", "res2c_branch2a res3b3_branch2a res4b22_branch2c bn5a_branch1 res5c"),
        ("resnet152", "res2c_branch2a res3b7_branch2a res4b35_branch2c scale4b1_branch2a res5c"),
    ],
)
def test_layers_are_called_as_in_the_published_files(model: str, names: str) -> None:
    net = load_net(ROOT / "models" / f"{model}.prototxt").message
    assert set(names.split()) <= {layer.name for layer in net.layer}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_has_no_errors_and_the_formatter_s_layout(path: Path) -> None:
    assert not [problem for problem in check_file(str(path)) if problem.severity is Severity.ERROR]
    assert write(load(path)) == read_text(path)


def test_lenet5_has_the_papers_connections() -> None:
    state = schema.NetState(phase=schema.TEST, stage=["deploy"])
    graph = load_graph(str(ROOT / "models" / "lenet5.prototxt"), state)
    found: dict[str, int] = {}
    for node in graph.nodes:
        layer = node.name.partition("_")[0]
        found[layer] = found.get(layer, 0) + connections(node)
    assert {name: number for name, number in found.items() if number} == {
        **{"C1": 122_304, "S2": 5_880, "C3": 151_600, "S4": 2_000, "C5": 48_120, "F6": 10_164},
        "output": 840,
    }
    assert sum(found.values()) == 340_908


def connections(node: Node) -> int:
    """Count what the units of a layer are connected to as the paper does: their inputs, and a bias if there is one."""
    (top,) = node.tops
    units = count(top.shape or ()) or 0
    if node.type in ("Convolution", "InnerProduct"):
        return (node.layer.macs(*shapes(node)) or 0) + units
    inputs = {"RadialBasis": 84, "Pooling": 2 * 2, "Scale": 1}  # the bias of a subsampling is that of its Scale
    return inputs.get(node.type, 0) * units


def shapes(node: Node) -> list[Shape]:
    return [bottom.shape or () for bottom in node.bottoms]


def test_models_and_examples_show_every_layer_type() -> None:
    texts = [path.read_text() for path in FILES]
    assert not [name for name in layer_types() if not any(f'type: "{name}"' in text for text in texts)]
