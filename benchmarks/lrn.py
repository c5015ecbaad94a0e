"""How long LRN across channels takes, forward and backward, beside torch's own local_response_norm.

Run it as ``python benchmarks/lrn.py [--rounds N] [--threads N] [--device cpu]``: the first one of AlexNet, batch of 32.
Both take turns in every round, so that a busy machine slows them alike. Printed are, for each, the least, median and
greatest time, and of its times over netdef's in the same round.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions.lrn import across_channels

SHAPE = (32, 96, 55, 55)
SIZE, ALPHA, BETA, K = 5, 1e-4, 0.75, 1.0

Normalize = Callable[[Tensor], Tensor]


def netdef_lrn(x: Tensor) -> Tensor:
    return across_channels(x, SIZE, ALPHA, BETA, K)


def torch_lrn(x: Tensor) -> Tensor:
    return functional.local_response_norm(x, SIZE, ALPHA, BETA, K)


def timed(normalize: Normalize, x: Tensor, gradient: Tensor) -> float:
    """Return the milliseconds of one pass forward and backward."""
    wait(x)
    start = time.perf_counter()
    torch.autograd.grad(normalize(x), x, gradient)
    wait(x)
    return (time.perf_counter() - start) * 1e3


def wait(x: Tensor) -> None:
    if x.is_cuda:
        torch.cuda.synchronize(x.device)


def spread(values: list[float], digits: int) -> str:
    return " ".join(f"{value:8.{digits}f}" for value in (min(values), statistics.median(values), max(values)))


def compare(layout: torch.memory_format, device: str, rounds: int) -> None:
    """Time all contenders on one layout and print a line for each."""
    x = torch.randn(SHAPE, device=device).contiguous(memory_format=layout).requires_grad_()
    gradient = torch.randn_like(x)
    contenders = {"netdef": netdef_lrn, "torch": torch_lrn}
    for normalize in contenders.values():
        timed(normalize, x, gradient)
    times = [{name: timed(normalize, x, gradient) for name, normalize in contenders.items()} for _ in range(rounds)]
    for name in contenders:
        ratios = [each[name] / each["netdef"] for each in times]
        label = f"{name}, {str(layout).removeprefix('torch.').removesuffix('_format')}"
        print(f"{label:22}{spread([each[name] for each in times], 1)}   {spread(ratios, 2)}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--device", default="cpu")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    print(f"{'':22}{'ms: least, median, most':>26}   {'times netdef':>26}")
    for layout in (torch.contiguous_format, torch.channels_last):
        compare(layout, chosen.device, chosen.rounds)


if __name__ == "__main__":
    main()
