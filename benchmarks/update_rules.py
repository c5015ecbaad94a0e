"""How long one SGD update of AlexNet's 61 million parameters takes, beside plain loops and torch.optim.

Run it as ``python benchmarks/update_rules.py [--rounds N] [--threads N] [--device cpu]``. All contenders take turns in
every round, so that a busy machine slows all alike. Printed are, for each, the least, median and greatest time, and of
its times over netdef's in the same round.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.updater import Updater

WEIGHTS = [
    (96, 3, 11, 11),
    (256, 48, 5, 5),
    (384, 256, 3, 3),
    (384, 192, 3, 3),
    (256, 192, 3, 3),
    (4096, 9216),
    (4096, 4096),
    (1000, 4096),
]
SHAPES = [shape for weight in WEIGHTS for shape in (weight, weight[:1])]
RATE, MOMENTUM, DECAY = 0.01, 0.9, 5e-4

Step = Callable[[list[Tensor]], None]
"""Updates parameters of its own by the gradients given."""


def parameters(device: str) -> list[Tensor]:
    return [torch.full(shape, 0.01, device=device) for shape in SHAPES]


def netdef_step(device: str, *, keep_updates: bool) -> Step:
    solver = schema.SolverParameter(momentum=MOMENTUM, weight_decay=DECAY)
    mults = [1.0] * len(SHAPES)
    updater = Updater(solver, parameters(device), mults, mults, keep_updates=keep_updates)
    return lambda gradients: updater.step(gradients, RATE, 0)


def plain_loop(device: str) -> Step:
    weights = parameters(device)
    histories = [torch.zeros_like(weight) for weight in weights]

    def step(gradients: list[Tensor]) -> None:
        for weight, gradient, history in zip(weights, gradients, histories, strict=True):
            history.copy_(MOMENTUM * history + RATE * (gradient + DECAY * weight))
            weight.sub_(history)

    return step


def torch_optim(device: str, *, fused: bool) -> Step:
    weights = [torch.nn.Parameter(weight) for weight in parameters(device)]
    optimizer = torch.optim.SGD(weights, lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, fused=fused, foreach=not fused)

    def step(gradients: list[Tensor]) -> None:
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
        optimizer.step()

    return step


def timed(step: Step, device: str) -> float:
    """Return the milliseconds of one step, on gradients made anew."""
    gradients = [torch.full(shape, 0.01, device=device) for shape in SHAPES]
    wait(device)
    start = time.perf_counter()
    step(gradients)
    wait(device)
    return (time.perf_counter() - start) * 1e3


def wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def spread(values: list[float], digits: int) -> str:
    return " ".join(f"{value:8.{digits}f}" for value in (min(values), statistics.median(values), max(values)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--device", default="cpu")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    steps = {
        "netdef": netdef_step(chosen.device, keep_updates=False),
        "netdef, updates kept": netdef_step(chosen.device, keep_updates=True),
        "plain loop": plain_loop(chosen.device),
        "torch.optim foreach": torch_optim(chosen.device, fused=False),
        "torch.optim fused": torch_optim(chosen.device, fused=True),
    }
    for step in steps.values():
        timed(step, chosen.device)
    rounds = [{name: timed(step, chosen.device) for name, step in steps.items()} for _ in range(chosen.rounds)]
    print(f"{'':22}{'ms: least, median, most':>26}   {'times netdef':>26}")
    for name in steps:
        times = [each[name] for each in rounds]
        ratios = [each[name] / each["netdef"] for each in rounds]
        print(f"{name:22}{spread(times, 1)}   {spread(ratios, 2)}")


if __name__ == "__main__":
    main()
