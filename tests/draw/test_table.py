from collections.abc import Callable

from netdef.draw.table import table
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]

NAMES = r"""
name: "odd"
layer { name: "a\nb \"quoted\"" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "" type: "ReLU" bottom: "x" top: "y" }
layer { name: "0123456789012345678901234567890123456789" type: "ReLU" bottom: "y" top: "z" }
"""


def test_lenet(model: MakeGraph) -> None:
    lines = table(model("lenet")).splitlines()
    assert lines[0] == "LeNet, phase TEST: outputs and MACs for one item, activations for a batch of 100"
    assert lines[2].split() == ["layer", "type", "output", "parameters", "MACs", "activations"]
    assert lines[5].split() == ["conv1", "Convolution", "20×24×24", "520", "288,000", "4.61", "MB"]
    assert lines[-1].split() == ["10", "layers", "431,080", "2,293,000", "7.88", "MB"]


def test_groups_and_devices_have_columns_where_there_are_any(model: MakeGraph) -> None:
    row = next(line for line in table(model("alexnet")).splitlines() if line.startswith("conv1"))
    assert row.split()[:5] == ["conv1", "Convolution", "features", "0+1", "96×55×55"]


def test_numbers_line_up_on_the_right(model: MakeGraph) -> None:
    lines = table(model("alexnet", "TRAIN")).partition("\nWhat")[0].splitlines()
    ends = {
        line.index(word) + len(word)
        for line in lines
        for word in ("724,406,816", "105,415,200", " 4,096,000")
        if word in line
    }
    assert len(ends) == 1
    assert max(map(len, lines)) <= 120


def test_the_stage_is_named(model: MakeGraph) -> None:
    assert table(model("lenet", "TEST", ("deploy",))).startswith("LeNet, phase TEST, stage deploy:")


def test_odd_names_keep_to_their_line(graph: MakeGraph) -> None:
    lines = table(graph(NAMES)).splitlines()
    assert lines[4].split("  ")[0] == r'a\nb "quoted"'
    assert lines[5].startswith("   ")
    assert lines[6].startswith("01234567890123456…234567890123456789  ReLU")
    assert len(lines) == 9


def test_a_placed_net_says_where_its_layers_run(model: MakeGraph) -> None:
    shown = table(model("alexnet"))
    assert next(line for line in shown.splitlines() if line.startswith("loss")).split()[2] == "0"
    assert [block.split()[0] for block in shown.split("\n\n")[::2]] == ["AlexNet,", "What", "Copied"]
