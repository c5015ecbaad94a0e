from __future__ import annotations

import pytest
import torch

from netdef.errors import DeviceError
from netdef.pycaffe import mode


def test_nets_compute_on_the_cpu_unless_told() -> None:
    assert mode.current_device() == torch.device("cpu")


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(DeviceError, match=r"GPU 0 is not there: torch sees no GPU .* caffe.set_mode_cpu\(\)"):
        mode.set_mode_gpu()
    assert mode.current_device() == torch.device("cpu")


def test_the_gpu_is_the_one_of_set_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    mode.set_device(1)
    mode.set_mode_gpu()
    assert mode.current_device() == torch.device("cuda:1")
    with pytest.raises(DeviceError, match="GPU 2 is not there: there are 2, numbered from 0"):
        mode.set_device(2)
    mode.set_device(0)


def test_seeds_are_set_or_drawn() -> None:
    mode.set_random_seed(3)
    assert mode.is_seeded()
    assert [mode.current_seed() for _ in range(2)] == [3, 3]
    mode.set_random_seed(-1)
    assert not mode.is_seeded()
    assert mode.current_seed() != mode.current_seed()


def test_what_several_processes_note() -> None:
    assert (mode.solver_count(), mode.solver_rank(), mode.has_nccl()) == (1, 0, False)
    mode.set_solver_count(3)
    mode.set_solver_rank(2)
    mode.set_multiprocess(True)
    assert (mode.solver_count(), mode.solver_rank()) == (3, 2)
    mode.set_solver_count(1)
    mode.set_solver_rank(0)
    mode.set_multiprocess(False)
