"""Training steps on one GPU: netdef beside plain PyTorch in bfloat16, channels last, compiled.

Run it as ``python -m benchmarks.gpu [--seconds S] [--nets AlexNet:VGG-16] [--batch N]`` in the repository's folder, on
any machine with a GPU of NVIDIA's. All of a net train in one process and take turns in every round. netdef runs in its
fastest way, bfloat16 in compiled steps that the GPU records, and in ways that lead there; the goal is that the best of
them takes no more than a share of the twin's time. ``--device cpu --nets LeNet`` shows that all of it runs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch

from benchmarks.contest.case import Case
from benchmarks.contest.rounds import Round, play, ratios_of, times_of
from benchmarks.engines import netdef_engine, plain_engine
from netdef.errors import UsageError

# Of plain PyTorch's throughput netdef shall have 0.98, and 1.3 on AlexNet: so much of its time it may take.
NETS = {"AlexNet": (256, 1 / 1.3), "VGG-16": (64, 1 / 0.98), "GoogLeNet": (128, 1 / 0.98), "ResNet-50": (128, 1 / 0.98)}
SMALL = (64, 1 / 0.98)  # of any other net
TWIN = "PyTorch, bf16, compiled"
WAYS = {
    "netdef, bf16, compiled, recorded": ("BF16", {"compile": True, "cuda_graph": True}),
    "netdef, bf16, recorded": ("BF16", {"cuda_graph": True}),
    "netdef, bf16, compiled": ("BF16", {"compile": True}),
    "netdef, bf16": ("BF16", {}),
    "netdef": ("FP32", {}),
}
HEAD = "| | milliseconds: least, median, most | of the twin's time: least, median, most | |\n| --- | --- | --- | --- |"

Step = Callable[[], object]


def timed(step: Step, device: str) -> float:
    """Return the seconds of one step, until the device is done."""
    until_done(device)
    start = time.perf_counter()
    step()
    until_done(device)
    return time.perf_counter() - start


def until_done(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def prepared(net: str, batch: int, device: str) -> tuple[dict[str, Step], dict[str, str]]:
    """Return each contender's step, done once, and why others cannot take part."""
    steps: dict[str, Step] = {}
    absent: dict[str, str] = {}
    makers: dict[str, Callable[[], Step]] = {
        name: partial(netdef_engine.prepare_training, Case(net, "train", batch, precision), device, **how)
        for name, (precision, how) in WAYS.items()
    }
    makers[TWIN] = partial(plain_engine.prepare_compiled, Case(net, "train", batch, "BF16"), device)
    for name, make in makers.items():
        try:
            step = make()
            step()
        except (UsageError, torch.OutOfMemoryError) as error:
            absent[name] = str(error).splitlines()[0]
        else:
            steps[name] = step
    return steps, absent


def rows(net: str, batch: int, ratio: float, rounds: list[Round], absent: dict[str, str]) -> Iterator[str]:
    """Yield the part of the table that tells of a net."""
    yield f"| **{net}, batch {batch}** | | {len(rounds)} rounds | |"
    present = [name for name in (*WAYS, TWIN) if name not in absent]
    best = min((name for name in present if name != TWIN), key=lambda name: times_of(rounds, name).middle, default="")
    for name in (*WAYS, TWIN):
        if name in absent:
            yield f"| {name} | {absent[name]} | | |"
            continue
        spread = times_of(rounds, name)
        shares = "" if TWIN in absent or name == TWIN else numbers(ratios_of(rounds, name, TWIN), 2)
        goal = verdict(ratios_of(rounds, name, TWIN).middle, ratio) if shares and name == best else ""
        yield f"| {name} | {numbers(spread, 2)} | {shares} | {goal} |"


def numbers(values: object, digits: int) -> str:
    return ", ".join(f"{getattr(values, name):.{digits}f}" for name in ("least", "middle", "most"))


def verdict(found: float, ratio: float) -> str:
    return f"≤ {ratio:.2f}: {'reached' if found <= ratio else 'missed'}"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each net; ten rounds at least")
    parser.add_argument("--nets", default=":".join(NETS), help="with colons between")
    parser.add_argument("--batch", type=int, default=0, help="of all nets (default: each net's own)")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    arguments = parser.parse_args(words)
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print(f"torch {torch.__version__} sees no GPU on this machine: there is nothing to compare", file=sys.stderr)
        return 1
    on = torch.cuda.get_device_name() if arguments.device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    print(f"- Device: {on}\n- PyTorch: {torch.__version__}, CUDA {torch.version.cuda}\n\n{HEAD}")
    for net in arguments.nets.split(":"):
        batch, ratio = NETS.get(net, SMALL)
        steps, absent = prepared(net, arguments.batch or batch, arguments.device)
        turns = {name: partial(timed, step, arguments.device) for name, step in steps.items()}
        rounds = play(turns, arguments.seconds, fewest=10)
        for row in rows(net, arguments.batch or batch, ratio, rounds, absent):
            print(row, flush=True)
        del steps, turns
        torch.cuda.empty_cache()
    return 0


if __name__ == "__main__":
    sys.exit(main())
