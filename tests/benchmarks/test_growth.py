"""Reading a net of four times the layers takes four times the work: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from benchmarks.growth import BLOCK_LAYERS, residual_net
from netdef.cli.findings import check_file
from netdef.draw.summary import summary
from netdef.draw.table import table
from netdef.graph.build import build
from netdef.graph.place import place
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

FEW, MANY = 20, 80  # blocks
TRAIN = schema.NetState(phase=schema.TRAIN)


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called while some work is done, C's included."""
    counted = [0]

    def count(frame: FrameType, event: str, argument: object) -> None:
        counted[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted[0]


def counted(file: Path) -> dict[str, int]:
    """Return the calls of each stage of reading a net."""
    loaded = load_net(file)
    graph = build(loaded.message, TRAIN, locate=loaded.locate)
    stages: dict[str, Callable[[], object]] = {
        "read": partial(load_net, file),
        "build": partial(build, loaded.message, TRAIN, locate=loaded.locate),
        "place": partial(place, graph),
        "table": partial(table, graph),
        "summary": partial(summary, graph),
        "check": partial(check_file, str(file)),
    }
    return {name: calls(stage) for name, stage in stages.items()}


@pytest.mark.parametrize("how", [{}, {"placed": True}, {"grouped": True}], ids=["plain", "placed", "grouped"])
def test_work_grows_with_the_layers(how: dict[str, bool], tmp_path: Path) -> None:
    found = []
    for blocks in (FEW, MANY):
        file = tmp_path / f"{blocks}.prototxt"
        file.write_text(residual_net(blocks * BLOCK_LAYERS, **how))
        found.append(counted(file))
    few, many = found
    growth = {stage: many[stage] / few[stage] for stage in few}
    assert max(growth.values()) < 1.05 * MANY / FEW, growth
