"""How much memory the tensors of an iteration of training take, beside what ``netdef summary --phase TRAIN`` predicts.

Run it as ``python -m benchmarks.profiles.tensor_memory lenet [--batch N] [--stages S]``. The net is trained for three
iterations on random batches. Printed are, in megabytes, the prediction and the greatest sum of all tensors that were
there at one time, with its ratio to the prediction. Plain allocations inside kernels do not count.
"""

from __future__ import annotations

import argparse
import sys
import weakref
from collections.abc import Iterator
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


def load(file: str, batch: int, stages: list[str]) -> Graph:
    loaded = load_net(file)
    for layer in loaded.message.layer:
        if batch and layer.HasField("data_param"):
            layer.data_param.batch_size = batch
    return graph_of(loaded, schema.NetState(phase=schema.TRAIN, stage=stages))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("model", help="its file's name in models/, without the ending")
    options.add_argument("--batch", type=int, default=0, help="of data layers; by default the file's own")
    options.add_argument("--stages", default="")
    chosen = options.parse_args()
    stages = [stage for stage in chosen.stages.split(",") if stage]
    graph = load(f"models/{chosen.model}.prototxt", chosen.batch, stages)
    predicted = training_memory(place(graph))
    if predicted is None:
        sys.exit(f"{chosen.model}: a shape is not known")
    torch.set_num_threads(1)
    with LiveTensors() as live:
        for _ in train(graph):
            pass
    print(f"predicted {predicted['peak'] / MEGABYTE:9.1f}   {predicted}")
    print(f"tensors   {live.peak / MEGABYTE:9.1f}   {live.peak / predicted['peak']:.3f} of it")


if __name__ == "__main__":
    main()
