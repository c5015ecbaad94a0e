from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from netdef.data.lane import SameLane, SideLane, lane_to
from tests.streams import replace_streams

GPU = torch.device("cuda", 0)


class Event:
    def query(self) -> bool:
        return False


class Stream:
    """A stream of a GPU that is not there."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def record_event(self) -> Event:
        self.log.append(f"{self.name} records")
        return Event()

    def wait_event(self, event: Event) -> None:
        self.log.append(f"{self.name} waits")


class Tensor:
    def __init__(self, log: list[str]) -> None:
        self.log = log

    def record_stream(self, stream: Stream) -> None:
        self.log.append(f"memory is kept for {stream.name}")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the streams are asked for."""
    written: list[str] = []
    replace_streams(
        monkeypatch, written, lambda device: Stream("side", written), lambda device: Stream("main", written)
    )
    return written


def test_a_side_lane_works_beside_the_main_stream_which_waits_only_for_what_arrives(log: list[str]) -> None:
    def work() -> dict[str, Any]:
        log.append("work")
        return {"data": Tensor(log), "label": Tensor(log)}

    carried = SideLane(GPU).carry(work)
    assert log == ["begin side", "work", "side records", "end side"]
    assert not carried.finished()
    log.clear()
    assert list(cast(dict[str, object], carried.arrive())) == ["data", "label"]
    assert log == ["main waits", "memory is kept for main", "memory is kept for main"]


def test_on_a_cpu_all_is_done_at_once() -> None:
    made = {"data": torch.ones(2)}
    carried = SameLane().carry(lambda: made)
    assert carried.finished()
    assert carried.arrive() is made


def test_the_device_chooses_its_lane(log: list[str]) -> None:
    assert isinstance(lane_to(GPU), SideLane)
    assert isinstance(lane_to(torch.device("cpu")), SameLane)


def test_a_gpu_is_given_what_was_carried(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    host = torch.arange(1 << 22, dtype=torch.uint8).pin_memory()
    carried = lane_to(GPU).carry(lambda: {"data": host.to(GPU, non_blocking=True).float()})
    assert torch.equal(carried.arrive()["data"].cpu(), host.float())
