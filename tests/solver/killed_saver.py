"""Saves snapshots until it is killed, again and again, and says after each kill what is found; run by test_snapshot."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

import numpy as np
import torch

from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.snapshot import newest, restore, save
from netdef.weights.atomic import SUFFIX
from netdef.weights.state import SolverState
from tests.solver.test_snapshot import small_net

ITERATIONS = 2
FORMATS = [schema.SolverParameter.BINARYPROTO, schema.SolverParameter.HDF5]


def save_for_ever(prefix: str, net: Net) -> None:
    """Write the same two iterations over and over, each time with another number in all arrays."""
    for stamp in count(1):
        arrays = [np.full(tuple(tensor.shape), stamp, np.float32) for tensor in net.tensors.values()]
        with torch.no_grad():
            for tensor in net.tensors.values():
                tensor.fill_(stamp)
        state = SolverState(stamp % ITERATIONS, histories=tuple(arrays), seed=stamp)
        save(prefix, net, state, FORMATS[stamp // ITERATIONS % 2])


def stamps(path: Path, net: Net) -> list[float]:
    """All numbers in a pair: only one, if weights and state belong together."""
    histories = [torch.empty_like(tensor) for tensor in net.tensors.values()]
    state = restore(path, net, histories)
    tensors = [*net.tensors.values(), *histories]
    found = {extreme.item() for tensor in tensors for extreme in torch.aminmax(tensor)}
    return sorted(found | {float(state.seed or 0)})


def main(prefix: str, rounds: int) -> None:
    torch.set_num_threads(1)
    net = small_net(outputs=20_000)
    for _ in range(rounds):
        child = os.fork()
        if child == 0:
            save_for_ever(prefix, net)
        time.sleep(random.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        states = [path for path in Path(prefix).parent.glob("*.solverstate*") if path.suffix != SUFFIX]
        pairs = [stamps(path, net) for path in states]
        print(json.dumps({"pairs": pairs, "newest": newest(prefix) is not None}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
