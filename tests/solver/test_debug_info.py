from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netdef.errors import OptionError, TrainingError
from netdef.module.probe import Probe
from netdef.session import open_training
from netdef.solver.caffe_lines import CaffeLines
from netdef.solver.debug_info import DebugInfo, watching
from netdef.solver.events import Event, PassMeasured
from tests.debugged import NET, SOLVER, compare
from tests.graph.texts import layer
from tests.nets import inputs, net, random_product
from tests.solver.runs import losses, solver, written

LOGARITHM = """
layer { name: "data" type: "DummyData" top: "x" dummy_data_param { shape { dim: 3 dim: 2 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 4 } }
layer { name: "log" type: "Log" bottom: "ip" top: "log" log_param { shift: -1 } }
layer { name: "sum" type: "Reduction" bottom: "log" top: "sum" loss_weight: 1 }
"""


LEARNER = (
    layer("Input", "", "x,label", "input_param { shape { dim: 5 dim: 3 } shape { dim: 5 } }", name="data"),
    random_product("x", "y"),
    layer("SoftmaxWithLoss", "y,label", "loss"),
)


def run(folder: Path, text: str, seen: Callable[[Event], object], change: Callable[[str], str] = str) -> None:
    """Train a net written as text, and show each event as it comes."""
    file, solver_file = folder / "net.prototxt", folder / "solver.prototxt"
    file.write_text(text)
    solver_file.write_text(change(SOLVER % (file, folder)))
    with open_training(solver_file) as training:
        for event in training.solver.solve():
            seen(event)


def test_the_lines_are_those_of_caffe(tmp_path: Path) -> None:
    lines: list[str] = []
    write = CaffeLines({}, 2)
    run(tmp_path, NET, lambda event: lines.extend(line for line in write.of(event) if line.startswith("    [")))
    compare(lines)


def test_only_iterations_that_are_displayed_are_measured() -> None:
    passes = ["forward", "backward", "forward", "backward"]
    found = written(solver("debug_info: true display: 2 max_iter: 3 iter_size: 2").step(3))
    assert found == [*passes, "train 0 shown", "train 1", *passes, "train 2 shown"]


def test_the_last_look_at_the_loss_is_measured_where_all_iterations_are() -> None:
    all_iterations = written(solver("debug_info: true display: 1 max_iter: 1 snapshot_after_train: false").solve())
    assert all_iterations == ["forward", "backward", "train 0 shown", "forward", "final loss 1", "finished 1"]
    some = written(solver("debug_info: true display: 2 max_iter: 2 snapshot_after_train: false").solve())
    assert some == ["forward", "backward", "train 0 shown", "train 1", "final loss 2", "finished 2"]


def test_nothing_is_measured_where_nothing_is_displayed_or_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Probe, "watching")
    assert written(solver("debug_info: true").step(1)) == ["train 0"]
    assert written(solver("display: 1").step(1)) == ["train 0 shown"]


def test_training_gives_the_same_numbers_with_and_without() -> None:
    runs = [solver(f"momentum: 0.9 max_iter: 3 display: 1 {options}") for options in ("", "debug_info: true")]
    found = [losses(run.solve()) for run in runs]
    assert found[0] == found[1]
    assert len(set(found[0])) == 3


def test_gradients_are_those_of_the_loss_itself_where_losses_are_scaled() -> None:
    own = DebugInfo(net(*LEARNER))
    found = []
    for scale in (1.0, 1024.0):
        with own.watching():
            (own._net(inputs()).loss * scale).backward()
            found.append(own.backward(scale))
    for one, other in zip(found[0].measures, found[1].measures, strict=True):
        assert (one.layer, one.blob) == (other.layer, other.blob)
        assert one.value == pytest.approx(other.value) != 0


def test_what_is_not_finite_is_told_before_the_run_ends(tmp_path: Path) -> None:
    found: list[Event] = []
    with pytest.raises(TrainingError, match="the loss is nan"):
        run(tmp_path, LOGARITHM, found.append, lambda text: text.replace("test_iter: 1 test_interval: 2", ""))
    first = next(event for event in found if isinstance(event, PassMeasured))
    broken = [(measure.layer, measure.blob) for measure in first.measures if not math.isfinite(measure.value)]
    assert broken == [("log", "log"), ("sum", "sum")]


@pytest.mark.parametrize("how", [{"micro_batches": 2}, {"devices": ("cpu:0", "cpu:1")}])
def test_a_net_in_parts_is_refused(how: dict[str, Any]) -> None:
    both = random_product("x", "y", options='device: "0" device: "1"')
    parts = net(LEARNER[0], both, LEARNER[2], **how)
    with pytest.raises(OptionError, match="all on one device, but here they are split") as refused:
        DebugInfo(parts)
    assert refused.value.path == ("debug_info",)


def test_hooks_are_gone_when_nobody_watches() -> None:
    own = net(*LEARNER)
    parameters = dict(own.named_parameters())
    with watching(DebugInfo(own)):
        own(inputs())
    with watching(None):
        own(inputs())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in own.steps)
    assert all(parameter is parameters[name] for name, parameter in own.named_parameters())
