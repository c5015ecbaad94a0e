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


def test_all_of_it_runs_on_a_cpu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(torch, "compile", lambda function, **how: function)  # the real one needs seconds
    assert gpu.main(["--device", "cpu", "--nets", "LeNet", "--batch", "2", "--seconds", "0"]) == 0
    table = capsys.readouterr().out.splitlines()
    cells = {row.split(" | ")[0].strip("| "): row for row in table if row.startswith("| ")}
    assert "**LeNet, batch 2**" in cells
    assert "cuda_graph: the net computes on cpu" in cells["netdef, bf16, recorded"]
    timed = ["netdef, bf16, compiled", "netdef, bf16", "netdef"]
    assert all(cells[name].count(", ") >= 4 for name in timed)
    assert sum("reached" in row or "missed" in row for row in table) == 1


def test_a_row_tells_shares_and_the_goal_of_the_best() -> None:
    names = [*gpu.WAYS, gpu.TWIN]
    seconds = dict(zip(names, (0.003, 0.0015, 0.004, 0.005, 0.006, 0.002), strict=True))
    heading, *rows = gpu.rows("NIN", 8, 0.7, [seconds] * 3, {"netdef": "out of memory"})
    assert heading == "| **NIN, batch 8** | | 3 rounds | |"
    assert rows[1] == "| netdef, bf16, recorded | 1.50, 1.50, 1.50 | 0.75, 0.75, 0.75 | ≤ 0.70: missed |"
    assert rows[0].endswith("| 1.50, 1.50, 1.50 |  |")
    assert rows[4] == "| netdef | out of memory | | |"
    assert rows[5] == "| PyTorch, bf16, compiled | 2.00, 2.00, 2.00 |  |  |"


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
