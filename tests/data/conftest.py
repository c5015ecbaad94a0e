from __future__ import annotations

import shutil
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the golden data: opening a database writes a lock file beside it."""
    copy = tmp_path_factory.mktemp("golden")
    shutil.copytree(GOLDEN / "data", copy / "data")
    return copy
