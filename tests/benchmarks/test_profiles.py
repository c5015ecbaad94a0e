from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels
from benchmarks.profiles import flame_graph, python_share
from benchmarks.profiles.layer_spans import RUNNERS, in_parts
from benchmarks.profiles.lenet_by_hand import lenet_by_hand
from benchmarks.profiles.python_share import beside_by_hand, outside
from benchmarks.profiles.spans import Span, nested, spans_of
from benchmarks.twins.twins import TWINS
from netdef.loading import load
from netdef.repetition.repetition import Repetition
from netdef.solver import repeated
from tests.compiled import needs_kernels


def test_spans_lie_in_those_around_them() -> None:
    step, outer, inner, after = (
        Span("step", 0, 100, -1),
        Span("aten::linear", 10, 40, 1),
        Span("aten::addmm", 10, 35, -1),
        Span("aten::relu", 50, 70, 2),
    )
    (found,) = nested([Span("before", -9, -2, -1), after, inner, step, outer])
    assert found is step
    assert found.inner == [outer, after]
    assert outer.inner == [inner]


def test_a_backward_part_has_the_name_of_its_layer() -> None:
    layer = Span("layer:ip1", 0, 30, -1, [Span("aten::linear", 5, 25, 7)])
    back = Span("autograd::engine::evaluate_function: AddmmBackward0", 40, 55, 7)
    step = in_parts(Span("step", 0, 80, -1, [layer, back, Span("aten::_fused_sgd_", 60, 75, -1)]))
    assert [(part.name, part.length, [span.name for span in part.inner]) for part in step.inner] == [
        ("forward", 30, ["ip1"]),
        ("backward", 15, ["ip1"]),
        ("update", 15, ["aten::_fused_sgd_"]),
    ]


def test_the_profiler_sees_operators_of_each_step() -> None:
    steps = spans_of(lambda: torch.ones(3, 4) @ torch.ones(4, 2), steps=2)
    assert len(steps) == 2
    assert all("aten::matmul" in [span.name for span in step.inner] for step in steps)


def test_boxes_are_as_wide_as_spans_are_long() -> None:
    step = Span("step", 0, 200, -1, [Span("a<b", 0, 50, -1), Span("c", 60, 160, -1), Span("a<b", 170, 180, -1)])
    drawn = flame_graph.svg(flame_graph.flame(step), "A step")
    assert re.findall(r'x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn) == [
        ("0.0", "1200.0"),
        ("0.0", "360.0"),
        ("360.0", "600.0"),
    ]
    assert "a&lt;b: 0.06 ms, 30.0%" in drawn


def test_a_step_of_lenet_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "flame.svg"
    for runner in RUNNERS:
        monkeypatch.setattr(runner, "run", runner.run)  # undoes what the drawing leaves
    monkeypatch.setattr(repeated, "LARGEST", repeated.LARGEST)
    monkeypatch.setattr("sys.argv", ["flame_graph", "LeNet", str(path), "--batch", "2", "--steps", "2"])
    monkeypatch.setattr("netdef.cli.process.keep_memory", lambda: True)
    flame_graph.main()
    names = re.findall(r"<title>([^:<]+):", path.read_text())
    assert names.count("conv2") == 2
    assert {"forward", "backward", "update"} <= set(names)


@needs_kernels
def test_a_step_by_hand_is_that_of_the_solver() -> None:
    case = Case("LeNet", "train", 3)
    net = load(TWINS["LeNet"].path, phase="TRAIN", device="cpu")
    images, labels = images_and_labels(case, net.device)
    wanted = net(dict(zip(("data", "label"), (images, labels.float()), strict=True))).loss
    assert lenet_by_hand(case)() == pytest.approx(wanted.item(), rel=1e-6)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def take(self, seconds: float) -> None:
        self.now += seconds


def test_what_takes_longer_than_by_hand_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(python_share, "process_time", clock)
    told = beside_by_hand(lambda: clock.take(0.008), lambda: clock.take(0.006), 3)
    assert told.startswith("It takes 2.00 ms more than the same kernels")
    assert told.endswith("8.00, +25.0%.")
    assert " 2.00 ms less " in beside_by_hand(lambda: clock.take(0.006), lambda: clock.take(0.008), 3)


def test_what_passes_outside_of_operators_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(python_share, "perf_counter", clock)
    monkeypatch.setattr(Repetition, "run", lambda _: clock.take(0.006))
    run, repetition = Repetition.run, Repetition([], [])

    def step() -> None:
        clock.take(0.002)
        repetition.run()

    assert outside(step, 3).startswith("Of 8.00 ms the graph and the solver take 2.00, 25.0%:")
    assert Repetition.run is run
