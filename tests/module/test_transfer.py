"""Copies on a CPU, and the order of what is asked of streams; that GPUs then do as they are told is CUDA's."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from netdef.module.transfer import Transfers
from tests.nets import numbers
from tests.placing import Devices
from tests.streams import replace_streams


def test_on_the_cpu_nothing_moves_and_gradients_go_back() -> None:
    x = numbers(3, 4).requires_grad_()
    arrival = Transfers().begin(x * 2, torch.device("cpu:1"))
    torch.autograd.backward(arrival.wait().sum())
    assert torch.equal(cast(Tensor, x.grad), torch.full((3, 4), 2.0))


def test_a_copy_lies_where_it_is_to() -> None:
    with FakeTensorMode():
        x = torch.ones(3, 4, device="lazy:0", requires_grad=True)
        y = Transfers().begin(x, torch.device("lazy:1")).wait()
        torch.autograd.backward(y.sum())
    assert (str(y.device), str(cast(Tensor, x.grad).device)) == ("lazy:1", "lazy:0")


class Stream:
    """Writes down what is asked of it."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def wait_stream(self, other: Stream) -> None:
        self.log.append(f"{self.name} waits for {other.name}")

    def wait_event(self, event: str) -> None:
        self.log.append(f"{self.name} waits for the event of {event}")

    def record_event(self) -> str:
        return self.name


class Moving:
    """A tensor on a GPU that is not there."""

    def __init__(self, device: torch.device, log: list[str]) -> None:
        self.device, self.log = device, log

    def to(self, device: torch.device, *, non_blocking: bool) -> Moving:
        assert non_blocking
        self.log.append(f"copy to {device}")
        return Moving(device, self.log)

    def record_stream(self, stream: Stream) -> None:
        self.log.append(f"memory on {self.device} is kept for {stream.name}")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What streams are asked for: ``side`` ones of the transfers' own, and each device's ``main`` one."""
    written: list[str] = []
    replace_streams(
        monkeypatch,
        written,
        lambda device: Stream(f"side {device}", written),
        lambda device: Stream(f"main {device}", written),
    )
    return written


def test_between_gpus_copies_have_streams_of_their_own(log: list[str]) -> None:
    one, other = torch.device("cuda:0"), torch.device("cuda:1")
    transfers = Transfers()
    arrival = transfers.begin(cast(Any, Moving(one, log)), other)
    begun = [
        "side cuda:0 waits for main cuda:0",  # which computes what is copied
        "begin side cuda:0",
        "begin side cuda:1",
        "copy to cuda:1",
        "end side cuda:1",
        "end side cuda:0",
        "memory on cuda:0 is kept for side cuda:0",
    ]
    assert log == begun
    arrival.wait()
    arrived = ["main cuda:1 waits for the event of side cuda:1", "memory on cuda:1 is kept for main cuda:1"]
    assert log == begun + arrived
    arrival.wait()
    assert log == begun + arrived  # once is enough


def test_gpus_give_what_was_copied(devices: Devices, device: str) -> None:
    if device != "cuda":
        pytest.skip("streams need GPUs: --device cuda")
    one, other = map(torch.device, devices(2))
    x = torch.randn(64, 256, 256, device=one, requires_grad=True)
    transfers = Transfers()
    arrivals = [transfers.begin(x * scale, other) for scale in (1, 2, 3)]
    torch.autograd.backward([arrival.wait().sum() for arrival in arrivals])
    assert torch.equal(cast(Tensor, x.grad), torch.full_like(x, 6))
