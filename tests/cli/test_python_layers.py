import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netdef.cli.python_layers import add_python_flag, python_layers_allowed

Run = Any
CODE = """
import caffe

class Doubling(caffe.Layer):
    def setup(self, bottom, top): pass
    def reshape(self, bottom, top): top[0].reshape(*bottom[0].shape)
    def forward(self, bottom, top): top[0].data[...] = 2 * bottom[0].data
    def backward(self, top, propagate_down, bottom): bottom[0].diff[...] = 2 * top[0].diff
"""
NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "twice" type: "Python" bottom: "x" top: "y" python_param { module: "doubling_layer" layer: "Doubling" } }
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "doubling_layer.py").write_text(CODE)
    (tmp_path / "net.prototxt").write_text(NET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path / "net.prototxt"
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("caffe", "doubling_layer"):
            del sys.modules[name]


def test_code_of_a_model_runs_only_when_it_is_allowed(model: Path, run: Run) -> None:
    done = run("time", "--model", model, "--iterations", "1")
    assert done.code == 1
    assert 'layer "twice" (Python) runs code of doubling_layer.Doubling' in done.err
    assert "--allow-python-layers" in done.err
    assert "doubling_layer" not in sys.modules


def test_allowed_code_is_found_beside_the_user(model: Path, run: Run) -> None:
    done = run("time", "--model", model, "--iterations", "1", "--allow-python-layers")
    assert (done.code, done.err) == (0, "")
    assert "twice" in done.out


def test_without_the_flag_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    add_python_flag(parser)
    before = list(sys.path)
    assert python_layers_allowed(parser.parse_args([])) is False
    assert sys.path == before
