"""Training steps on one GPU: netdef beside plain PyTorch in bfloat16, channels last, compiled.

Run it as ``python -m benchmarks.gpu [--seconds S] [--nets AlexNet:VGG-16] [--batch N]`` in the repository's folder, on
any machine with a GPU of NVIDIA's. Both train in one process and take turns in every round. netdef computes in bfloat16
by autocast as plain PyTorch does; the last row is netdef in float32, as it is when nothing is asked for.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

import torch

from benchmarks.contest.case import Case
from benchmarks.contest.contest import Contest, Goal, Outcome
from benchmarks.contest.rounds import play
from benchmarks.contest.table import text_of
from benchmarks.engines import netdef_engine, plain_engine

# Of plain PyTorch's throughput netdef shall have 0.98, and 1.3 on AlexNet: so much of its time it may take.
NETS = {"AlexNet": (256, 1 / 1.3), "VGG-16": (64, 1 / 0.98), "GoogLeNet": (128, 1 / 0.98), "ResNet-50": (128, 1 / 0.98)}


def timed(step: Callable[[], object]) -> float:
    """Return the seconds of one step, until the GPU is done."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    step()
    torch.cuda.synchronize()
    return time.perf_counter() - start


def compare(net: str, batch: int, ratio: float, seconds: float) -> Outcome:
    """Train a net and its twin in turns."""
    half, single = Case(net, "train", batch, "BF16"), Case(net, "train", batch)
    contenders = {"netdef, bf16": ("netdef", half), "PyTorch, bf16": ("PyTorch", half), "netdef": ("netdef", single)}
    goal = Goal("netdef, bf16", "PyTorch, bf16", ratio)
    steps = {
        "netdef, bf16": netdef_engine.prepare(half, "cuda"),
        "PyTorch, bf16": plain_engine.prepare_compiled(half, "cuda"),
        "netdef": netdef_engine.prepare(single, "cuda"),
    }
    rounds = play({name: partial(timed, step) for name, step in steps.items()}, seconds, fewest=10)
    return Outcome(
        Contest(f"Training step: {half.title}", contenders, (goal,)), torch.get_num_threads(), "wall", rounds, {}
    )


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each net; ten rounds at least")
    parser.add_argument("--nets", default=":".join(NETS), help="with colons between")
    parser.add_argument("--batch", type=int, default=0, help="of all nets (default: each net's own)")
    arguments = parser.parse_args(words)
    if not torch.cuda.is_available():
        print(f"torch {torch.__version__} sees no GPU on this machine: there is nothing to compare", file=sys.stderr)
        return 1
    print(f"- GPU: {torch.cuda.get_device_name()}\n- PyTorch: {torch.__version__}, CUDA {torch.version.cuda}")
    for net in arguments.nets.split(":"):
        batch, ratio = NETS[net]
        print(f"\n{text_of(compare(net, arguments.batch or batch, ratio, arguments.seconds))}", flush=True)
        torch.cuda.empty_cache()
    return 0


if __name__ == "__main__":
    sys.exit(main())
