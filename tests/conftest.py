from __future__ import annotations

from collections.abc import Callable

import pytest
import torch


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default="cpu", help="where the golden cases compute: cpu or cuda")


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--device"))


@pytest.fixture
def devices(device: str) -> Callable[[int], list[str]]:
    """Return so many devices, kept apart on the CPU, or GPUs where ``--device cuda`` asks for them."""

    def names(count: int) -> list[str]:
        if device == "cuda" and torch.cuda.device_count() < count:
            pytest.skip(f"needs {count} GPUs, there are {torch.cuda.device_count()}")
        return [f"{device}:{index}" for index in range(count)]

    return names


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny nets run several times slower on two threads than on one."""
    torch.set_num_threads(1)
