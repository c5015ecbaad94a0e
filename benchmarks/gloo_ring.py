"""How fast some processes of this machine add up numbers over gloo: latency of a message, bandwidth of a worker.

torchrun starts it: ``python -m torch.distributed.run --standalone --nproc-per-node N -m benchmarks.gloo_ring``. The
first process prints one JSON object. Each process has one thread.
"""

from __future__ import annotations

import json
import time
from statistics import median

import torch
from torch import distributed as dist

from netdef.parallel.ring import ring_bytes

ROUNDS, FEW, MANY = 15, 1, 25 * 2**18  # numbers of float32: of one message, of a bucket of gradients


def seconds(numbers: int) -> float:
    """Return the median time of a sum over all processes."""
    tensor, found = torch.ones(numbers), []
    for _ in range(ROUNDS):
        dist.barrier()
        begin = time.perf_counter()
        dist.all_reduce(tensor)
        found.append(time.perf_counter() - begin)
    return median(found)


def main() -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    count = dist.get_world_size()
    short, long = seconds(FEW), seconds(MANY)
    if dist.get_rank() == 0:
        bandwidth = ring_bytes(4 * MANY, count) / (long - short)
        print(json.dumps({"bandwidth": bandwidth, "latency": short / (2 * (count - 1))}))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
