from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from netdef.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the demo needs of a clone, with a solver that soon gives up."""
    for folder in ("models", "solvers", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    solver = tmp_path / "solvers" / "lenet.prototxt"
    text = solver.read_text()
    for field, value in {"max_iter": 40, "test_iter": 20, "test_interval": 40, "display": 20}.items():
        text = re.sub(rf"^{field}: \d+", f"{field}: {value}", text, flags=re.MULTILINE)
    solver.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_demo_leaves_everything_it_names(clone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 1  # 40 iterations do not reach the aim
    printed = capfd.readouterr().out
    assert re.search(r"LeNet reads \d\d\.\d\d% of the held-out digits right \(the aim: 98%\)", printed)
    named = re.findall(r"^  (runs/\S+)", printed, flags=re.MULTILINE)
    assert len(named) == 6
    assert all((clone / name).stat().st_size > 0 for name in named)
    assert printed.count("$ netdef ") == 7


def test_the_demo_runs_only_in_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 1
    assert "models/lenet.prototxt is not here: the demo runs in the folder of a clone" in capsys.readouterr().err
