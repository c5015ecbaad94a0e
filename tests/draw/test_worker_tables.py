from __future__ import annotations

from collections.abc import Callable

from netdef.draw.worker_exchange import worker_exchange
from netdef.draw.worker_tables import worker_tables, workers_summary
from netdef.graph.graph import Graph
from tests.draw.split import CONV, FC, NET, OUT, WITHOUT

MakeGraph = Callable[..., Graph]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_blobs_and_a_step_beside_data_parallelism_alone(graph: MakeGraph) -> None:
    lines = worker_tables(worker_exchange(graph(NET, "TRAIN"), 4)).splitlines()
    assert lines[0] == (
        "What comes to each of 4 workers for one of its own records, as float32; backward come gradients"
    )
    assert cells(lines[4]) == ["conv", "own records", "all records", "1,440", "1,440"]
    assert cells(lines[8]) == ["3 exchanges", "1,644", "1,644"]
    assert lines[10] == "A step of 4 workers, 2 records each, of whose 2,152 parameters each holds 868"
    assert cells(lines[14]) == ["gradients of whole layers, in a ring", "2,640", "12,912"]
    assert cells(lines[15]) == ["rows and channels of blobs, forward and backward", "6,576", "0"]
    assert cells(lines[16]) == ["numbers of the records", "48", "0"]
    assert cells(lines[18]) == ["all", "9,264", "12,912"]


def test_a_net_that_splits_nothing_has_no_table_of_blobs(graph: MakeGraph) -> None:
    words = worker_tables(worker_exchange(graph(WITHOUT, "TRAIN"), 4))
    assert words.startswith("A step of 4 workers")
    assert cells(words.splitlines()[-1]) == ["all", "12,912", "12,912"]


def test_as_values(graph: MakeGraph) -> None:
    found = workers_summary(worker_exchange(graph(NET, "TRAIN"), 2))
    assert found["params_held"] == CONV + (FC + OUT) // 2
    assert [each["blob"] for each in found["exchange"]] == ["conv", "fc", "out"]
    assert found["bytes_per_step"] == {"gradients": 4 * CONV, "blobs": 2272, "ordinals": 16, "all": 4 * CONV + 2288}
    assert found["bytes_per_step_replicated"]["all"] == 4 * (CONV + FC + OUT)
