"""How much memory an iteration of training takes, beside what ``netdef summary --phase TRAIN`` predicts.

Run it as ``python benchmarks/memory.py [--models lenet,alexnet,googlenet] [--batch N] [--stages S]``. Each net is
trained for three iterations on random batches, in a process of its own. Printed are, in megabytes: the prediction, the
greatest sum of all tensors that were there at one time, and how much the process grew to at its peak (its resident
memory, from just before the net was made), each with its ratio to the prediction.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from netdef.cli.random_inputs import random_inputs
from netdef.draw.memory import training_memory
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.model import graph_of
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from netdef.solver.loop import Solver

ITERATIONS = 3
MEGABYTE = 1e6


class LiveTensors(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the memory of all tensors that operators return, until nobody holds it any more."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total = self.peak = 0
        self.seen: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor):
                self.see(tensor)
        return result

    def see(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        address = storage.data_ptr()
        if address and address not in self.seen:
            self.seen.add(address)
            self.total += storage.nbytes()
            self.peak = max(self.peak, self.total)
            weakref.finalize(storage, self.forget, address, storage.nbytes())

    def forget(self, address: int, size: int) -> None:
        self.seen.discard(address)
        self.total -= size


class Batches:
    """The same random batch over and over, made anew each time, its images with their channels last."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ordinals: dict[str, NDArray[np.int64]] = {}

    def next(self) -> Batches:
        return self

    def tensors(self, device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
        made = random_inputs(self.graph, None, device)
        return {name: _laid_out(tensor) for name, tensor in made.items()}


def _laid_out(tensor: Tensor) -> Tensor:
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def train(graph: Graph) -> Iterator[None]:
    options = schema.SolverParameter(base_lr=0.0, lr_policy="fixed", momentum=0.9, weight_decay=5e-4)
    net = Net(graph, seed=1)
    solver = Solver(options, net, Batches(graph))
    for _ in solver.step(ITERATIONS):
        yield


def measured(work: Callable[[], object]) -> float:
    """Return by how many megabytes the process grew at most."""
    Path("/proc/self/clear_refs").write_text("5")  # forget the greatest size so far
    before = _status("VmRSS")
    work()
    return (_status("VmHWM") - before) / MEGABYTE


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def load(file: str, batch: int, stages: list[str]) -> Graph:
    loaded = load_net(file)
    for layer in loaded.message.layer:
        if batch and layer.HasField("data_param"):
            layer.data_param.batch_size = batch
    return graph_of(loaded, schema.NetState(phase=schema.TRAIN, stage=stages))


def report(model: str, graph: Graph) -> None:
    """Train a net twice: counted, and watched from outside."""
    plan = place(graph)
    predicted = training_memory(plan)
    if predicted is None:
        sys.exit(f"{model}: a shape is not known")
    child = os.fork()
    if not child:
        torch.set_num_threads(1)
        list(train(load("models/lenet.prototxt", 1, [])))  # what libraries need once
        grown = measured(lambda: list(train(graph)))
        print(f"{model:12} resident  {grown:9.1f}  {grown / predicted['peak'] * MEGABYTE:6.3f}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    torch.set_num_threads(1)
    with LiveTensors() as live:
        for _ in train(graph):
            pass
    counted = live.peak / MEGABYTE
    print(f"{model:12} tensors   {counted:9.1f}  {counted / predicted['peak'] * MEGABYTE:6.3f}")
    print(f"{model:12} predicted {predicted['peak'] / MEGABYTE:9.1f}   {predicted}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", default="lenet,alexnet,googlenet")
    options.add_argument("--batch", type=int, default=0, help="of data layers; by default the files' own")
    options.add_argument("--stages", default="")
    chosen = options.parse_args()
    models = chosen.models.split(",")
    if len(models) == 1:
        stages = [stage for stage in chosen.stages.split(",") if stage]
        return report(models[0], load(f"models/{models[0]}.prototxt", chosen.batch, stages))
    for model in models:
        own = ["--models", model, "--batch", str(chosen.batch), "--stages", chosen.stages]
        subprocess.run([sys.executable, __file__, *own], check=True)
    return None


if __name__ == "__main__":
    main()
