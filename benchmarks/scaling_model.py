"""How fast nets would train on 1 to 1,024 GPUs: a model of a step, on paper.

docs/scaling.md states the formulas and their sources; ``benchmarks.scaling_page`` makes its tables and its picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from netdef.draw.exchange import traffic
from netdef.draw.measures import Measures
from netdef.draw.worker_exchange import worker_exchange
from netdef.graph.graph import Graph, Node
from netdef.layers.base import FLOAT_BYTES
from netdef.model import load_graph
from netdef.parallel.ring import ring_bytes
from netdef.schema import netdef_pb2 as schema

ROOT = Path(__file__).resolve().parents[1]
NETS = ("alexnet", "vgg_d", "googlenet", "resnet50")
COUNTS = tuple(2**power for power in range(11))
WHOLE_BATCH = 1024  # of strong scaling
BUCKET = 25 * 2**20  # bytes of gradients that DistributedDataParallel exchanges at a time
UPDATE_BYTES = 5 * FLOAT_BYTES  # SGD with momentum reads weight, gradient, history, and writes weight, history
FLOPS_OF_MAC, PASSES = 2, 3  # forward is one pass, backward two: by the blobs, by the parameters


@dataclass(frozen=True)
class Link:
    """What comes to a worker: ``bandwidth`` in bytes a second, after ``latency`` seconds a message."""

    bandwidth: float
    latency: float

    def seconds(self, size: float, messages: float) -> float:
        """Return how long so many bytes in so many messages, one after the other, take."""
        return size / self.bandwidth + messages * self.latency


@dataclass(frozen=True)
class Cluster:
    """Machines of ``per_machine`` GPUs that get ``rate`` operations a second done, and move ``memory`` bytes a second.

    A worker's processors decode ``decoded`` images a second; a machine's storage gives ``storage`` bytes a second, of
    which an image takes ``image_bytes``.
    """

    rate: float
    memory: float
    per_machine: int
    inside: Link
    between: Link
    decoded: float
    storage: float
    image_bytes: float

    def link(self, count: int) -> Link:
        """Return the slowest link of a ring through so many workers."""
        return self.inside if count <= self.per_machine else self.between

    def images(self, count: int) -> float:
        """Return how many images a second can be given to each of so many workers."""
        beside = min(count, self.per_machine)
        return min(self.decoded, self.storage / self.image_bytes / beside)


# docs/scaling.md says where each number comes from.
V100 = Cluster(
    rate=8.7e12,
    memory=900e9,
    per_machine=8,
    inside=Link(100e9, 5e-6),
    between=Link(12.5e9, 10e-6),
    decoded=5 * 600,
    storage=2e9,
    image_bytes=108e3,
)


# One GPU a machine, and a network of 10 Gbit/s between them.
ETHERNET = replace(V100, per_machine=1, between=Link(1.25e9, 30e-6))


@dataclass(frozen=True)
class Work:
    """What one layer has to do: multiply-accumulates for an image, and bytes of gradients to exchange."""

    macs: int
    gradients: int


@dataclass(frozen=True)
class Job:
    """A net as one of ``count`` workers has it.

    ``layers`` are in the order of the file. For each image ``blobs`` bytes come in ``exchanges`` exchanges, forward and
    backward; ``held`` parameters are updated.
    """

    count: int
    layers: tuple[Work, ...]
    held: int
    blobs: int = 0
    exchanges: int = 0


@cache
def graph_of(model: str) -> Graph:
    """Read a net that ships, as it trains."""
    return load_graph(str(ROOT / "models" / f"{model}.prototxt"), schema.NetState(phase=schema.TRAIN))


def batch_of(graph: Graph) -> int:
    """Return the batch that the file states."""
    batch = Measures(graph).batch
    assert batch is not None
    return batch


def with_products_split(graph: Graph, count: int) -> Graph:
    """Return a net whose inner products are split over the workers, where the workers divide their outputs."""

    def split(node: Node) -> bool:
        return node.type == "InnerProduct" and (node.tops[0].shape or (0, 1))[1] % count == 0  # type: ignore[operator]

    nodes = [replace(n, attributes=replace(n.attributes, over_workers=True)) if split(n) else n for n in graph.nodes]
    return replace(graph, nodes=nodes)


def job(graph: Graph, count: int) -> Job:
    """Return what one of so many workers has to do."""
    measures, found = Measures(graph), worker_exchange(graph, count)
    sums = traffic(found.blobs, per_item=True)
    layers = []
    for node in graph.nodes:
        whole = count == 1 or not node.attributes.over_workers
        layers.append(Work(measures.macs(node) or 0, FLOAT_BYTES * (measures.parameters(node) or 0) if whole else 0))
    blobs = (sums.forward or 0) + (sums.backward or 0)
    exchanges = sum(bool(blob.forward) + bool(blob.backward) for blob in found.blobs)
    return Job(count, tuple(layers), found.held or 0, blobs, exchanges)


@dataclass(frozen=True)
class Step:
    """The seconds of a step: computing, waiting for gradients, for blobs, and for images."""

    compute: float
    gradients: float
    blobs: float
    input: float

    @property
    def seconds(self) -> float:
        """All of them."""
        return self.compute + self.gradients + self.blobs + self.input

    @property
    def bottleneck(self) -> str:
        """What its length hangs on: the input where it waits for images, else what takes most."""
        parts = {"compute": self.compute, "gradients": self.gradients, "blobs": self.blobs}
        return "input" if self.input else max(parts, key=lambda name: parts[name])


def ring_seconds(size: int, count: int, link: Link) -> float:
    """Return how long so many workers take to add up so many bytes in a ring."""
    return link.seconds(ring_bytes(size, count), 2 * (count - 1))


def gradients_end(work: Job, image: float, batch: float, link: Link) -> float:
    """Return when all gradients are exchanged, in seconds from the beginning of the backward pass.

    It goes through the layers from the last to the first, each of which takes ``image`` seconds a multiply-accumulate.
    Gradients wait until a bucket is full, and for the bucket before it.
    """
    now, end, waiting = 0.0, 0.0, 0
    for index, layer in reversed(list(enumerate(work.layers))):
        now += layer.macs * image * batch
        waiting += layer.gradients
        if waiting and (waiting >= BUCKET or index == 0):
            end, waiting = max(end, now) + ring_seconds(waiting, work.count, link), 0
    return end


def step(work: Job, cluster: Cluster, batch: float) -> Step:
    """Return how long a step takes in which each worker has ``batch`` images."""
    link, one_pass = cluster.link(work.count), FLOPS_OF_MAC / cluster.rate
    macs = sum(layer.macs for layer in work.layers)
    compute = PASSES * macs * batch * one_pass + work.held * UPDATE_BYTES / cluster.memory
    backward = 2 * one_pass
    waiting = max(0.0, gradients_end(work, backward, batch, link) - macs * batch * backward)
    blobs = link.seconds(work.blobs * batch, work.exchanges * (work.count - 1))
    busy = compute + waiting + blobs
    return Step(compute, waiting, blobs, max(0.0, batch / cluster.images(work.count) - busy))


def speed(work: Job, cluster: Cluster, batch: float) -> float:
    """Return how many images a second all workers train on."""
    return work.count * batch / step(work, cluster, batch).seconds


def efficiency(graph: Graph, work: Job, cluster: Cluster, batch: float, alone: float) -> float:
    """Return the speed as a share of that of as many single GPUs with ``alone`` images a step."""
    return speed(work, cluster, batch) / (work.count * speed(job(graph, 1), cluster, alone))
