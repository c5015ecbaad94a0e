from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from netdef.errors import UsageError
from netdef.solver import replay
from netdef.solver.replay import WARM_UP, Replay, replay_on
from tests.graph.texts import layer
from tests.placed_nets import MIXED
from tests.recurrent import register
from tests.ways import SOURCE, TEXTS, made

GPU = torch.device("cuda", 0)


class Stream:
    def __init__(self, log: list[str], name: str) -> None:
        self._log = log
        self.name = name

    def wait_stream(self, other: Stream) -> None:
        self._log.append(f"{self.name} waits for {other.name}")


class Graph:
    def __init__(self, log: list[str]) -> None:
        self._log = log

    def replay(self) -> None:
        self._log.append("replay")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of a GPU that is not there."""
    asked: list[str] = []
    main, side = Stream(asked, "main"), Stream(asked, "side")

    @contextmanager
    def on(stream: Stream) -> Iterator[None]:
        asked.append(f"on {stream.name}")
        yield

    @contextmanager
    def recording(graph: Graph, stream: Stream, capture_error_mode: str) -> Iterator[None]:
        asked.append(f"record on {stream.name}, {capture_error_mode}")
        yield

    monkeypatch.setattr(torch.cuda, "Stream", lambda device: side)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: main)
    monkeypatch.setattr(torch.cuda, "stream", on)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: Graph(asked))
    monkeypatch.setattr(torch.cuda, "graph", recording)
    return asked


def test_work_is_done_some_times_then_recorded_and_replayed(log: list[str]) -> None:
    work = Replay(lambda: log.append("work"), GPU)
    for _ in range(WARM_UP):
        work()
    assert log == ["side waits for main", "on side", "work", "main waits for side"] * WARM_UP
    log.clear()
    work()
    work()
    assert log == ["record on side, thread_local", "work", "replay", "replay"]


def test_work_that_cannot_be_recorded_says_why(log: list[str]) -> None:
    def work() -> None:
        if log[-1].startswith("record"):
            raise RuntimeError("operation not permitted when stream is capturing\nmore of it")

    replayed = Replay(work, GPU)
    for _ in range(WARM_UP):
        replayed()
    with pytest.raises(UsageError, match="an iteration cannot be recorded: operation not permitted") as refused:
        replayed()
    assert "more of it" not in str(refused.value)
    assert "leave out cuda_graph" in str(refused.value)


def test_a_net_on_a_cpu_is_refused() -> None:
    with pytest.raises(UsageError, match="cuda_graph: the net computes on cpu, and only a GPU of NVIDIA's records"):
        replay_on(made(), workers=1)


def test_workers_are_refused() -> None:
    with pytest.raises(UsageError, match="cuda_graph: 2 workers exchange gradients"):
        replay_on(made(), workers=2)


def test_several_devices_are_refused() -> None:
    with pytest.raises(UsageError, match=r"the net lies on several devices \(cpu:0, cpu:1\)"):
        replay_on(made(MIXED.text, devices=["cpu:0", "cpu:1"]), workers=1)


def test_layers_that_a_gpu_does_not_see_or_that_carry_on_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    filtering = made(SOURCE, layer("Filter", "x,label", "f"))
    remembering = made(SOURCE, layer("Remembering", "x", "h"))
    for net in (filtering, remembering):
        net.device = GPU
    with pytest.raises(UsageError, match=r'layer "f" \(Filter\) works beside torch'):
        replay_on(filtering, workers=1)
    with pytest.raises(UsageError, match=r'layer "h" \(Remembering\) carries hidden blobs on'):
        replay_on(remembering, workers=1)


def test_what_a_gpu_may_record_is_given_kernels_that_were_tried(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", False)
    net = made(*TEXTS)
    net.device = GPU
    assert isinstance(replay_on(net, workers=1)(lambda: None), replay.Replay)
    assert torch.backends.cudnn.benchmark
