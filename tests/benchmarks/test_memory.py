from __future__ import annotations

import sys
from pathlib import Path

import pytest
from google.protobuf.text_format import MessageToString

from benchmarks.memory import BATCHES, line, peak, small_net
from benchmarks.twins.twins import TWINS
from netdef.model import graph_of
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

BLOCK = 200_000_000


def test_a_process_is_watched_to_its_end() -> None:
    small, large = (peak([sys.executable, "-c", f"held = b'x' * {size}"]) for size in (1, BLOCK))
    assert BLOCK / 1e6 * 0.95 < large - small < BLOCK / 1e6 * 1.1


def test_a_process_that_fails_ends_all() -> None:
    with pytest.raises(SystemExit, match="ended with code 3"):
        peak([sys.executable, "-c", "raise SystemExit(3)"])


def test_verdicts() -> None:
    assert "missed" not in line("X", 100, 109, 95)
    assert line("X", 100, 111, 100).count("missed") == 1
    assert line("X", 100, 89, 70).count("missed") == 2


def test_every_net_has_its_twin() -> None:
    assert BATCHES.keys() <= TWINS.keys()


def test_a_net_reads_the_records_written_for_it(tmp_path: Path) -> None:
    net = small_net("LeNet", 6, tmp_path)
    (source,) = (layer for layer in net.layer if layer.type == "Data")
    assert (source.data_param.batch_size, source.data_param.source) == (6, str(tmp_path / "records"))
    (tmp_path / "net.prototxt").write_text(MessageToString(net))
    graph = graph_of(load_net(tmp_path / "net.prototxt"), schema.NetState(phase=schema.TRAIN))
    assert graph.sources[0].tops[0].shape == (6, 1, 28, 28)
