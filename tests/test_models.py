"""The models and solvers that ship: their published sizes, and that each file is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdef.cli.findings import check_file
from netdef.draw.summary import summary
from netdef.errors import Severity
from netdef.layers.register import layer_types
from netdef.model import load_graph
from netdef.prototxt.load import load, read_text
from netdef.prototxt.write import write
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("models", "solvers", "examples") for path in ROOT.glob(f"{folder}/*.prototxt"))
DEPLOYED = {
    "lenet": (431_080, 2_293_000),
    "alexnet": (60_965_224, 724_406_816),
    "caffenet": (60_965_224, 724_406_816),
    "googlenet": (6_998_552, 1_582_671_872),
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet50": (25_557_096, 3_857_973_248),
    "resnet101": (44_549_160, 7_570_194_432),
    "resnet152": (60_192_808, 11_282_415_616),
}
WITH_HEADS = {"googlenet": (13_378_280, 1_591_044_096)}


def sizes(model: str, phase: str, *stages: str) -> tuple[int | None, int | None]:
    state = schema.NetState(phase=phase, stage=stages)
    totals = summary(load_graph(str(ROOT / "models" / f"{model}.prototxt"), state))["totals"]
    return totals["params"], totals["macs"]


def test_every_model_is_in_the_table_and_has_a_solver() -> None:
    models = {path.stem for path in ROOT.glob("models/*.prototxt") if kind_of(path) is FileKind.NET}
    assert models == set(DEPLOYED)
    assert {path.stem for path in ROOT.glob("solvers/*.prototxt")} == set(DEPLOYED)


@pytest.mark.parametrize("model", DEPLOYED)
def test_sizes_are_those_published(model: str) -> None:
    assert sizes(model, "TEST", "deploy") == DEPLOYED[model]
    whole = WITH_HEADS.get(model, DEPLOYED[model])
    assert sizes(model, "TRAIN") == sizes(model, "TEST") == whole


@pytest.mark.parametrize(
    ("model", "names"),
    [
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


def test_models_and_examples_show_every_layer_type() -> None:
    texts = [path.read_text() for path in FILES]
    assert not [name for name in layer_types() if not any(f'type: "{name}"' in text for text in texts)]
