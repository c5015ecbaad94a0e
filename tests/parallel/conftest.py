"""Launched runs, each made once and looked at by many tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.parallel import split_runs
from tests.parallel.runs import alone, once, torchrun, words

FEW = 12  # iterations


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all processes of the tests."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def files(place: Path) -> Path:
    """Databases, nets and solvers."""
    return once(place / "files", split_runs.write_all)


@pytest.fixture(scope="session")
def of_one(place: Path, files: Path) -> Path:
    """What one process makes."""

    def make(folder: Path) -> None:
        shutil.copytree(files, folder, dirs_exist_ok=True)
        alone(folder, *words("plain", "plain"))
        alone(folder, *words("tied", "tied", max_iter=FEW, iter_size=2))
        alone(folder, *words("normalized", "normalized", max_iter=FEW, iter_size=2))
        for flags in split_runs.trainings():
            alone(folder, *flags)

    return once(place / "one", make)


@pytest.fixture(scope="session")
def of_two(place: Path, files: Path) -> Path:
    """What two workers make."""

    def make(folder: Path) -> None:
        shutil.copytree(files, folder, dirs_exist_ok=True)
        told = torchrun(
            folder,
            2,
            words("plain", "plain"),
            words("tied", "tied", max_iter=FEW, iter_size=2),
            words("tied", "cut", max_iter=FEW, iter_size=2, shard="true"),
            words("normalized", "normalized", max_iter=FEW, iter_size=2, sync_batch_norm="true"),
            words("normalized", "apart", max_iter=FEW),
            *split_runs.trainings(),
        )
        (folder / "told").write_text(told)

    return once(place / "two", make)


@pytest.fixture(scope="session")
def of_four(place: Path, of_two: Path) -> Path:
    """What four workers make; the second and third training go on where two workers were."""

    def make(folder: Path) -> None:
        shutil.copytree(of_two, folder, dirs_exist_ok=True)
        for name, run in (("whole", "plain"), ("cut", "plain"), ("split", "split")):
            (folder / f"resumed_{name}").mkdir()
            for path in (of_two / run).glob("net_iter_20.*"):
                shutil.copy(path, folder / f"resumed_{name}")
        shutil.rmtree(folder / "plain")
        (folder / "done").unlink()
        torchrun(
            folder,
            4,
            words("plain", "plain"),
            words("plain", "resumed_whole", "--snapshot", "latest"),
            words("plain", "resumed_cut", "--snapshot", "latest", shard="true"),
            *split_runs.trainings_of_four(),
        )

    return once(place / "four", make)
