from types import SimpleNamespace
from typing import Any

import pytest
import torch

from netdef.kernels.built import told

Run = Any


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torch see two GPUs, of which it knows little."""
    names = ("First", "Second")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(names))
    monkeypatch.setattr(
        torch.cuda,
        "get_device_properties",
        lambda number: SimpleNamespace(name=names[number], major=9, minor=0, total_memory=4096),
    )


@pytest.fixture
def no_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


@pytest.mark.usefixtures("gpus")
def test_one_gpu_in_caffes_words(run: Run) -> None:
    done = run("device_query", "-gpu=1")
    assert (done.code, done.err) == (0, "")
    lines = [line.split(":") for line in done.out.strip().splitlines()]
    assert {label: value.strip() for label, value in lines} == {
        "Device id": "1",
        "Major revision number": "9",
        "Minor revision number": "0",
        "Name": "Second",
        "Total global memory": "4096",
    }


@pytest.mark.usefixtures("gpus")
def test_all_of_them(run: Run) -> None:
    for words in (["-gpu", "all"], ["--gpu", "0,1"]):
        out = run("device-query", *words).out
        assert ("First" in out, "Second" in out, "CPU" in out) == (True, True, False)
    assert "Second" in run("device-query").out


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize("number", ["2", "one", "-1"])
def test_a_gpu_that_is_not_there(run: Run, number: str) -> None:
    done = run("device-query", f"--gpu={number}")
    assert (done.code, done.out, done.err) == (1, "", f"GPU {number} is not there: there are 2, numbered from 0\n")


@pytest.mark.usefixtures("no_gpus")
def test_a_machine_without_gpus_has_a_cpu(run: Run) -> None:
    done = run("device-query")
    assert done.code == 0
    assert "CPU:" in done.out
    assert f"Compiled kernels:                   {told()}\n" in done.out
    assert f"Version of torch:                   {torch.__version__}" in done.out
    assert "torch sees no GPU on this machine" in done.out
    assert run("device-query", "-gpu", "0").err == "GPU 0 is not there: torch sees no GPU on this machine\n"
