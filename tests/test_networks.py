"""Every network that ships runs forward and backward on photographs, and small ones are seen to learn."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
import skimage

from benchmarks.networks import losses, make_database, mean, networks
from benchmarks.small_networks import side

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
CLASSES = {"animals": "chelsea.png", "people": "astronaut.png", "things": "coffee.png", "travels": "rocket.jpg"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of photographs, one folder a class."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, file in CLASSES.items():
        (folder / name).mkdir()
        shutil.copy(PHOTOGRAPHS / file, folder / name)
    return folder


def train(model: str, pictures: Path, batch: int, iterations: int) -> list[float]:
    database = make_database(pictures, side(model) * 8 // 7, pictures.parent)
    return losses(model, database, batch, iterations)


@pytest.mark.parametrize("model", networks())
def test_a_step_forward_and_back_leaves_numbers(model: str, pictures: Path) -> None:
    """The second loss is that of weights to which a gradient was added: a number only if all of that are numbers."""
    found = train(model, pictures, batch=2, iterations=2)
    assert len(found) == 2
    assert all(map(math.isfinite, found))


@pytest.mark.parametrize("model", ["lenet", "nin_cifar10", "nin_cifar100"])
def test_thirty_steps_make_the_loss_fall(model: str, pictures: Path) -> None:
    found = train(model, pictures, batch=4, iterations=30)
    assert mean(found[-5:]) < found[0]
