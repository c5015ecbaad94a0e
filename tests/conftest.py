from __future__ import annotations

import pytest
import torch


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default="cpu", help="where the golden cases compute: cpu or cuda")


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--device"))


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny nets run several times slower on two threads than on one."""
    torch.set_num_threads(1)
