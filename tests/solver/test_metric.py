from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.session import Training, open_training
from netdef.solver.events import Event, Trained
from netdef.solver.snapshot import read
from tests.trainings import write_run

POLICY = 'lr_policy: "plateau" gamma: 0.5 plateau_param { metric: "acc" better: HIGHER patience: 1 }'


@pytest.fixture
def solver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A solver that tests after every second iteration, and lowers the rate if that shows nothing new."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    path = write_run(tmp_path)
    text = path.read_text().replace('lr_policy: "step" gamma: 0.5', POLICY)
    path.write_text(text.replace("test_interval: 4", "test_interval: 2"))
    return path


def rates(events: Iterator[Event]) -> list[float]:
    return [event.lr for event in events if isinstance(event, Trained)]


def memory(training: Training) -> object:
    return training.solver.policy.memory


def test_a_plateau_goes_on_where_it_was(solver: Path) -> None:
    with open_training(solver) as straight:
        whole = rates(straight.solver.solve())
    with open_training(solver) as broken_off:
        first = rates(broken_off.solver.step(7))
        _, path = broken_off.snapshot()
    with open_training(solver, snapshot=path) as resumed:
        assert memory(resumed) == memory(broken_off) == read(path).state.plateau
        assert first + rates(resumed.solver.solve()) == whole
    assert len(set(whole)) > 2
    assert memory(resumed) == memory(straight)


def test_the_metric_must_be_there(solver: Path) -> None:
    solver.write_text(solver.read_text().replace('"acc"', '"precision"'))
    with pytest.raises(DefinitionError, match='metric is "precision", which no test net gives') as refused:
        open_training(solver)
    assert "the outputs of the test nets are acc, loss" in str(refused.value)


def test_a_schedule_that_never_lowers_the_rate_is_told(solver: Path) -> None:
    solver.write_text(solver.read_text().replace("patience: 1", "patience: 5"))
    with open_training(solver) as training:
        (notice,) = (notice for notice in training.notices if "patience is 5" in notice)
    assert notice.endswith("patience is 5, but there are only 5 tests before max_iter: the rate is never lowered")
