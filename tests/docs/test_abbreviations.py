"""The page on abbreviations: its example is a net, and what it says of it is so."""

import re
from pathlib import Path

from netdef.cli.findings import check_file
from netdef.model import load_graph
from netdef.prototxt.load import load, read_text
from netdef.prototxt.write import write
from netdef.schema import netdef_pb2 as schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "abbreviations.md").read_text("utf-8")


def test_the_example_is_a_sound_net_in_the_formatter_s_layout(tmp_path: Path) -> None:
    net = tmp_path / "net.prototxt"
    (example,) = re.findall(r"```protobuf\n(.*?)```", PAGE, re.DOTALL)
    net.write_text(example)
    assert check_file(str(net)) == []
    assert write(load(net)) == read_text(net)
    names = [node.name for node in load_graph(str(net), schema.NetState(phase="TEST")).nodes]
    pairs = [name for part in ("first", "conv1", "conv2", "conv3") for name in (part, f"{part}_relu")]
    assert names == ["data", *pairs]


def test_what_is_said_of_resnet_152_is_so() -> None:
    model = ROOT / "models" / "resnet152.prototxt"
    layers = len(load_graph(str(model), schema.NetState(phase="TEST", stage=["deploy"])).nodes)
    assert f"{layers} layers when deployed, is {len(read_text(model).splitlines())} lines over" in PAGE.replace(
        "\n", " "
    )
