"""How long one update of AlexNet's 61 million parameters takes, beside copying parameters and histories once.

Run it as ``python -m benchmarks.update_rules [--seconds S] [--threads N] [--device cpu]`` in the repository's folder.
All rules, plain loops and torch.optim take turns in every round, so that a busy machine slows all alike. Printed are,
for each, the least, median and greatest milliseconds, and its share of the copy's time in the same round.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from benchmarks.contest.rounds import Spread, play, ratios_of, times_of
from netdef.kernels.built import width
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.registry import SOLVER_TYPES
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
OF_TORCH, OF_NETDEF = ("SGD", "AdaGrad", "Adam", "RMSProp"), ("AdaDelta", "Nesterov")  # whose kernels there are
WITH_KERNELS = (*OF_TORCH, *OF_NETDEF) if width() else OF_TORCH
KERNELS_GOAL, OTHERS_GOAL = 1.2, 2.5  # times the copy

Step = Callable[[list[Tensor]], object]
"""Updates parameters of its own by the gradients given."""


def parameters(device: str) -> list[Tensor]:
    return [torch.full(shape, 0.01, device=device) for shape in SHAPES]


def netdef_step(rule: str, device: str, *, keep_updates: bool = False) -> tuple[Step, int]:
    """Return a rule's step, and how many histories it has for each parameter."""
    momentum = MOMENTUM if rule not in ("AdaGrad", "RMSProp") else 0
    solver = schema.SolverParameter(type=rule, momentum=momentum, weight_decay=DECAY)
    if rule == "RMSProp":
        solver.rms_decay = 0.98
    if rule == "Adam":
        solver.momentum2 = 0.999
    mults = [1.0] * len(SHAPES)
    updater = Updater(solver, parameters(device), mults, mults, keep_updates=keep_updates)
    return lambda gradients: updater.step(gradients, RATE, 0), len(updater.histories) // len(SHAPES)


def copy_step(kinds: int, device: str) -> Step:
    """Return what copies parameters, and so many kinds of histories, once."""
    sources = [tensor for _ in range(1 + kinds) for tensor in parameters(device)]
    targets = [torch.empty_like(source) for source in sources]
    return lambda _: torch._foreach_copy_(targets, sources)


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
    """Return the seconds of one step, on gradients made anew."""
    gradients = [torch.full(shape, 0.01, device=device) for shape in SHAPES]
    wait(device)
    start = time.perf_counter()
    step(gradients)
    wait(device)
    return time.perf_counter() - start


def wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def compare(steps: dict[str, Step], copy: str, device: str, seconds: float) -> None:
    """Play rounds and print a row for each."""
    rounds = play({name: partial(timed, step, device) for name, step in steps.items()}, seconds)
    for name in steps:
        goal = f" ≤ {KERNELS_GOAL if name in WITH_KERNELS else OTHERS_GOAL}" if name in SOLVER_TYPES else ""
        times, ratios = (shown(times_of(rounds, name), 1), shown(ratios_of(rounds, name, copy), 2))
        print(f"| {name} | {times} | {ratios} |{goal} |", flush=True)


def shown(values: Spread, digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in (values.least, values.middle, values.most))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--device", default="cpu")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    device = chosen.device
    print("| | milliseconds: least, median, most | share of the copy's: least, median, most | goal |")
    print("| --- | --- | --- | --- |")
    for rule in sorted(SOLVER_TYPES):
        step, kinds = netdef_step(rule, device)
        copy = f"copy of parameters and {kinds} history" if kinds == 1 else f"copy of parameters and {kinds} histories"
        steps = {copy: copy_step(kinds, device), rule: step}
        if rule == "SGD":
            steps["SGD, updates kept"] = netdef_step(rule, device, keep_updates=True)[0]
            steps["plain loop"] = plain_loop(device)
            steps["torch.optim.SGD, foreach"] = torch_optim(device, fused=False)
            steps["torch.optim.SGD, fused"] = torch_optim(device, fused=True)
        compare(steps, copy, device, chosen.seconds)


if __name__ == "__main__":
    main()
