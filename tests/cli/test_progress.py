from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress, Task

from netdef.cli import progress
from netdef.cli.progress import RunProgress, run_progress
from netdef.solver.events import Tested, TestProgress, TestStarted, Trained


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock shows: its last number."""
    times = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: times[-1])
    return times


@pytest.fixture
def shown(clock: list[float]) -> RunProgress:
    bars = Progress(console=Console(file=io.StringIO()), disable=True)
    return RunProgress(bars, 10, 30)


def train_bar(shown: RunProgress) -> Task:
    return shown.progress.tasks[0]


def trained(iteration: int, images: int = 100) -> Trained:
    return Trained(iteration, 9.0, 1.23456, 0.1, images, False, {})


def test_the_bar_follows_the_iterations(shown: RunProgress) -> None:
    assert (train_bar(shown).completed, train_bar(shown).total) == (10, 30)
    shown.take(trained(10))
    assert train_bar(shown).completed == 11
    assert train_bar(shown).fields["figures"] == "loss 1.235"


def test_the_speed_is_in_images_a_second_and_smooth(shown: RunProgress, clock: list[float]) -> None:
    clock.append(0.25)
    shown.take(trained(10))
    assert "images/s" not in train_bar(shown).fields["figures"]
    clock.append(1.0)
    shown.take(trained(11))
    assert train_bar(shown).fields["figures"] == "loss 1.235  200 images/s"
    clock.append(2.0)
    shown.take(trained(12, images=1200))
    assert train_bar(shown).fields["figures"] == "loss 1.235  300 images/s"  # 0.9 · 200 + 0.1 · 1200


def test_a_test_has_a_bar_while_it_runs_and_its_scores_stay(shown: RunProgress) -> None:
    bar = shown.progress.tasks[1]
    assert not bar.visible
    shown.take(TestStarted(10, 0, 5))
    assert (bar.visible, bar.total, bar.completed) == (True, 5, 0)
    shown.take(TestProgress(0, 3, 5))
    assert bar.completed == 3
    shown.take(Tested(10, 0, {"accuracy": np.array(0.98765), "per_class": np.array([1.0, 2.0])}, {}, None))
    assert not bar.visible
    shown.take(trained(10))
    assert train_bar(shown).fields["figures"] == "loss 1.235  test accuracy 0.9877"


def test_the_time_of_a_test_does_not_slow_the_speed(shown: RunProgress, clock: list[float]) -> None:
    shown.take(trained(10))
    clock.append(100.0)
    shown.take(Tested(11, 0, {}, {}, None))
    clock.append(101.0)
    shown.take(trained(11, images=250))
    assert train_bar(shown).fields["figures"] == "loss 1.235  250 images/s"


def test_where_there_is_no_terminal_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with run_progress(0, 10) as shown:
        assert not shown.shown
        shown.take(trained(0))
    assert capsys.readouterr() == ("", "")
