"""A training whose layers run on two devices is the training on one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from netdef.session import Training, open_training
from netdef.solver.events import Event, SnapshotDue, Trained
from netdef.solver.snapshot import read
from netdef.weights.file import read_weights
from tests.trainings import NET, write_run

# Without a bias, which a BatchNorm makes idle: Adam would blow the rounding of its gradient up to whole steps.
PLACED = (
    NET.replace('"conv" type', '"conv" device: "0" device: "1" type')
    .replace('"ip" type', '"ip" device: "1" type')
    .replace("kernel_size: 3", "kernel_size: 3 bias_term: false")
)
ADAM = 'type: "Adam" momentum: 0.9 momentum2: 0.99 delta: 1e-6 random_seed: 5 snapshot: 6 clip_gradients: 0.5'
TWO = ("cpu:0", "cpu:1")
STATE = "run/tiny_iter_6.solverstate"


def train(folder: Path, devices: tuple[str, ...], snapshot: str | None = None) -> list[float]:
    """Train in a folder of its own, save what is due, and return the losses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("run").mkdir(exist_ok=True)
        with open_training("solver.prototxt", devices=devices, snapshot=snapshot) as training:
            return [event.loss for event in followed(training) if isinstance(event, Trained)]


def followed(training: Training) -> Iterator[Event]:
    for event in training.solver.solve():
        if isinstance(event, SnapshotDue):
            training.snapshot()
        yield event


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    found: dict[tuple[str, ...], Path] = {}
    for devices in ((), TWO):
        found[devices] = tmp_path_factory.mktemp("run")
        write_run(found[devices], ADAM, PLACED)
    return found


@pytest.fixture(scope="module")
def losses(folders: dict[tuple[str, ...], Path]) -> dict[tuple[str, ...], list[float]]:
    return {devices: train(folder, devices) for devices, folder in folders.items()}


def test_the_losses_are_the_same(losses: dict[tuple[str, ...], list[float]]) -> None:
    np.testing.assert_allclose(losses[TWO], losses[()], rtol=1e-5)
    assert len(losses[()]) == 10


def test_what_is_saved_is_the_same(folders: dict[tuple[str, ...], Path], losses: object) -> None:
    one, two = (folders[devices] for devices in ((), TWO))
    for name in ("tiny_iter_6", "tiny_iter_10"):
        layers = [read_weights(folder / "run" / f"{name}.caffemodel").layers for folder in (one, two)]
        for mine, its in zip(*layers, strict=True):
            assert (mine.name, len(mine.blobs)) == (its.name, len(its.blobs))
            for a, b in zip(mine.blobs, its.blobs, strict=True):
                assert a is not None
                assert b is not None
                np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-6)
        states = [read(folder / "run" / f"{name}.solverstate").state for folder in (one, two)]
        for a, b in zip(states[0].histories, states[1].histories, strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("devices", [(), TWO])
def test_a_run_resumes_on_other_devices(
    devices: tuple[str, ...], folders: dict[tuple[str, ...], Path], losses: dict[tuple[str, ...], list[float]]
) -> None:
    """A snapshot of two devices goes on on one, and the other way round."""
    (other,) = {(), TWO} - {devices}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folders[other])
        with open_training("solver.prototxt", devices=devices, snapshot=STATE) as training:
            went_on = [event.loss for event in training.solver.solve() if isinstance(event, Trained)]
    np.testing.assert_allclose(went_on, losses[()][6:], rtol=1e-4)
