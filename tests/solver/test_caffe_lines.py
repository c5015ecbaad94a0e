from __future__ import annotations

import re

import numpy as np
import pytest

from netdef.solver import caffe_lines
from netdef.solver.caffe_lines import CaffeLines, elements, share
from netdef.solver.events import (
    FinalLoss,
    Finished,
    Measure,
    Norms,
    PassMeasured,
    RateLowered,
    SnapshotDue,
    Tested,
    TestProgress,
    TestStarted,
    Trained,
    UpdateSkipped,
)

# What the scripts that come with Caffe look for (tools/extra/parse_log.py).
ITERATION = re.compile(r"Iteration (\d+)")
TRAIN_OUTPUT = re.compile(r"Train net output #(\d+): (\S+) = ([\.\deE+-]+)")
TEST_OUTPUT = re.compile(r"Test net output #(\d+): (\S+) = ([\.\deE+-]+)")
RATE = re.compile(r"lr = ([-+]?[0-9]*\.?[0-9]+([eE]?[-+]?[0-9]+)?)")
OUTPUTS = {"acc": np.array([0.25, 0.5], np.float32), "loss": np.array(1.75, np.float32)}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock shows: its last number."""
    times = [100.0]
    monkeypatch.setattr(caffe_lines, "monotonic", lambda: times[-1])
    return times


def trained(iteration: int, displayed: bool = True) -> Trained:
    return Trained(iteration, 9.0, 1.25, 0.0001, 64, displayed, OUTPUTS if displayed else {})


def test_an_iteration_that_is_shown(clock: list[float]) -> None:
    lines = CaffeLines({"loss": 2.0}, 3)
    clock.append(100.5)
    assert lines.of(trained(0)) == [
        "Iteration 0 (2 iter/s, 0.5s/3 iters), loss = 1.25",
        "    Train net output #0: acc = 0.25",
        "    Train net output #1: acc = 0.5",
        "    Train net output #2: loss = 1.75 (* 2 = 3.5 loss)",
        "Iteration 0, lr = 0.0001",
    ]


def test_the_speed_counts_the_iterations_and_the_time_since_the_last_line(clock: list[float]) -> None:
    lines = CaffeLines({}, 3)
    lines.of(trained(6))
    assert lines.of(trained(7, displayed=False)) == lines.of(trained(8, displayed=False)) == []
    clock.append(101.5)
    assert lines.of(trained(9))[0] == "Iteration 9 (2 iter/s, 1.5s/3 iters), loss = 1.25"


def test_a_clock_that_stands_still_divides_nothing(clock: list[float]) -> None:
    assert CaffeLines({}, 1).of(trained(0))[0].startswith("Iteration 0 (0 iter/s, 0s/1 iters)")


def test_a_test() -> None:
    lines = CaffeLines({}, 1)
    assert lines.of(TestStarted(4, 1, 50)) == ["Iteration 4, Testing net (#1)"]
    assert lines.of(TestProgress(1, 3, 50)) == []
    assert lines.of(Tested(4, 1, OUTPUTS, {"loss": 1.0}, None)) == [
        "    Test net output #0: acc = 0.25",
        "    Test net output #1: acc = 0.5",
        "    Test net output #2: loss = 1.75 (* 1 = 1.75 loss)",
    ]
    assert lines.of(Tested(4, 0, {}, {}, 0.625)) == ["Test loss: 0.625"]


def test_the_end() -> None:
    lines = CaffeLines({}, 1)
    assert lines.of(FinalLoss(10, 0.5)) == ["Iteration 10, loss = 0.5"]
    assert lines.of(Finished(10, early=False)) == ["Optimization Done."]
    assert lines.of(Finished(10, early=True)) == ["Optimization stopped early."]
    assert lines.of(SnapshotDue(10)) == []


def test_a_lowered_rate() -> None:
    (line,) = CaffeLines({}, 1).of(RateLowered(40, 0.001, "error", 0.125, 5))
    assert line == "Iteration 40, lr = 0.001: error has not got better than 0.125 in 5 tests"


def test_scripts_find_what_they_look_for() -> None:
    lines = CaffeLines({"loss": 2.0}, 3)
    text = "\n".join(
        [*lines.of(trained(30)), *lines.of(TestStarted(30, 0, 1)), *lines.of(Tested(30, 0, OUTPUTS, {}, None))]
    )
    assert ITERATION.findall(text) == ["30", "30", "30"]
    assert TRAIN_OUTPUT.findall(text) == [("0", "acc", "0.25"), ("1", "acc", "0.5"), ("2", "loss", "1.75")]
    assert TEST_OUTPUT.findall(text) == [("0", "acc", "0.25"), ("1", "acc", "0.5"), ("2", "loss", "1.75")]
    assert [found[0] for found in RATE.findall(text)] == ["0.0001"]


def test_numbers_have_six_digits_as_in_caffe() -> None:
    values = {"v": np.array([1 / 3, 1e-7, 123456789.0])}
    assert [f"{value:g}" for _, value in elements(values)] == ["0.333333", "1e-07", "1.23457e+08"]


def test_only_what_has_a_weight_has_a_share() -> None:
    assert share(0, 3.0) == ""
    assert share(0.5, 3.0) == " (* 0.5 = 1.5 loss)"


def test_an_update_that_was_left_out_is_told() -> None:
    (line,) = CaffeLines({}, display=1).of(UpdateSkipped(7, 32768.0, 2))
    wanted = (
        "Iteration 7: gradients overflow, the update is left out (2 so far); losses are scaled by 32768 from now on"
    )
    assert line == wanted


def test_the_measures_of_a_pass_and_its_norms() -> None:
    forward = PassMeasured((Measure(False, "ip", "top", "y", 1 / 3), Measure(False, "ip", "param", "w", float("inf"))))
    assert CaffeLines({}, display=1).of(forward) == [
        "    [Forward] Layer ip, top blob y data: 0.333333",
        "    [Forward] Layer ip, param blob w data: inf",
    ]
    gradients = (Measure(True, "ip", "param", "0", 25.0), Measure(True, "ip", "bottom", "x", float("nan")))
    assert CaffeLines({}, display=1).of(PassMeasured(gradients, Norms(1.0, 2.5, 1e-7, 4.0))) == [
        "    [Backward] Layer ip, param blob 0 diff: 25",
        "    [Backward] Layer ip, bottom blob x diff: nan",
        "    [Backward] All net params (data, diff): L1 norm = (1, 2.5); L2 norm = (1e-07, 4)",
    ]
