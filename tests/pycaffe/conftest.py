from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import netdef.pycaffe
from netdef.pycaffe import mode
from netdef.pycaffe.log import LOGGER

GOLDEN = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[1] / "golden")).resolve()

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """What is set for the whole process is set back."""
    netdef.pycaffe.set_random_seed(7)
    yield
    netdef.pycaffe.set_random_seed(-1)
    mode.set_mode_cpu()
    LOGGER.handlers.clear()
    LOGGER.propagate = True


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a text into a file of the test's own folder, and return its path."""

    def put(text: str, name: str = "net.prototxt") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return put


@pytest.fixture
def as_caffe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have ``import caffe`` mean netdef.pycaffe while a test runs."""
    monkeypatch.setitem(sys.modules, "caffe", netdef.pycaffe)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("caffe.") or name in {"netspec_example", "golden_pylayers", "own_layers"}:
            del sys.modules[name]


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, NDArray[np.float64]]:
    """What Caffe's Python helpers gave; the working directory is the golden folder, where the files' paths lead."""
    monkeypatch.chdir(GOLDEN)
    return dict(np.load(GOLDEN / "pycaffe" / "io.npz"))
