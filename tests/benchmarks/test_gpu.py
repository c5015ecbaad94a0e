from __future__ import annotations

import pytest
import torch

from benchmarks import gpu
from benchmarks.contest.case import Case
from benchmarks.engines import plain_engine


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main([]) == 1
    assert "sees no GPU on this machine" in capsys.readouterr().err


def test_the_tuned_twin_learns_on_channels_last(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Tensor] = []

    def compiled(net: torch.nn.Module) -> torch.nn.Module:
        net.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        return net

    monkeypatch.setattr(torch, "compile", compiled)  # the real one needs a compiler and seconds
    step = plain_engine.prepare_compiled(Case("NIN, CIFAR-10", "train", 2, "BF16"), "cpu")
    losses = [step(), step()]
    assert all(isinstance(loss, float) and 0 < loss < 10 for loss in losses)
    assert seen[0].is_contiguous(memory_format=torch.channels_last)
    assert not seen[0].is_contiguous()
