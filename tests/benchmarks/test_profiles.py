from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from benchmarks.profiles import flame_graph
from benchmarks.profiles.layer_spans import RUNNERS, in_parts
from benchmarks.profiles.python_share import between_operators, share
from benchmarks.profiles.spans import Span, nested, spans_of


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
    assert between_operators(found) == 100 - 30 - 20
    assert share([found]) == pytest.approx(0.5)


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
    monkeypatch.setattr("sys.argv", ["flame_graph", "LeNet", str(path), "--batch", "2", "--steps", "2"])
    monkeypatch.setattr("netdef.cli.process.keep_memory", lambda: True)
    flame_graph.main()
    names = re.findall(r"<title>([^:<]+):", path.read_text())
    assert names.count("conv2") == 2
    assert {"forward", "backward", "update"} <= set(names)
