from collections.abc import Callable

from netdef.draw.measures import Measures
from netdef.draw.placement_tables import placement_tables
from netdef.graph.graph import Graph
from netdef.graph.place import place
from tests.draw.placed import SHARED, SPLIT

MakeGraph = Callable[..., Graph]


def tables(graph: Graph) -> list[list[str]]:
    return [table.splitlines() for table in placement_tables(place(graph), Measures(graph))]


def test_one_device_needs_no_tables(model: MakeGraph) -> None:
    assert tables(model("lenet")) == []


def test_devices_and_copies_with_sums(graph: MakeGraph) -> None:
    devices, copies = tables(graph(SPLIT))
    assert [line.split()[:3] for line in devices[-5:] if "─" not in line] == [
        ["0", "462", "3,480"],
        ["1", "462", "3,480"],
        ["2", "devices", "924"],
    ]
    assert copies[0].startswith("Copied between devices for one item")
    assert copies[4].split() == ["x", "all", "0", "1", "840"]
    assert copies[5].split() == ["conv", "3", "0", "1", "60", "60"]
    assert copies[7].split() == ["norm", "0–3", "0", "1", "240", "240"]
    assert copies[-1].split() == ["6", "copies", "1,448", "608"]


def test_parameters_have_a_table_of_their_own(graph: MakeGraph) -> None:
    *_, parameters = tables(graph(SHARED))
    assert parameters[0].startswith("Copied between devices once a pass, whatever the batch")
    assert parameters[-1].split() == ["1", "copy", "10,080", "10,080"]


def test_lines_are_not_too_long(model: MakeGraph) -> None:
    assert max(len(line) for table in tables(model("alexnet")) for line in table) <= 120
