"""Scripts that do at small scale what Caffe's notebooks do: they run unchanged, and learn what is to be learned."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from netdef.pycaffe.alias import become_caffe

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.py"))


@pytest.mark.usefixtures("as_caffe")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_of_pycaffes_time_runs(script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    become_caffe()
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))  # where own_layers.py is
    runpy.run_path(str(script), run_name="__main__")
