"""A case as netdef runs it: its own solver on batches in memory, or the deployed form of the model file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import Precision, images_and_labels, precision_of
from benchmarks.twins.twins import TWINS
from benchmarks.twins.weights import fill
from netdef.loading import load
from netdef.net import Net, Pass
from netdef.schema import netdef_pb2 as schema
from netdef.solver.loop import Solver
from netdef.solver.replay import replay_on
from netdef.solver.ways import computing_as

RATE = 1e-6  # a step takes as long with any, and this one leaves the weights as they were


class SameBatch:
    """A batch of random images that comes again and again; only the numbers of its records go on."""

    def __init__(self, net: Net, images: Tensor, labels: Tensor) -> None:
        (source,) = net.graph.sources
        values = zip((top.name for top in source.tops), (images, labels.float()), strict=True)
        self._tensors = dict(values)
        self._source = source.name
        self._rows = np.arange(len(images))

    @property
    def ordinals(self) -> Mapping[str, NDArray[np.int64]]:
        return {self._source: self._rows}

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Mapping[str, Tensor]:
        return self._tensors

    def next(self) -> SameBatch:
        self._rows = self._rows + len(self._rows)
        return self


def prepare(case: Case, device: str = "cpu") -> Callable[[], object]:
    """Return what does the case's task once."""
    return prepare_training(case, device) if case.task == "train" else _inference(case, device)


def prepare_training(
    case: Case, device: str, *, compile: bool = False, cuda_graph: bool = False
) -> Callable[[], object]:
    """Return an iteration of the solver, in the ways asked for.

    Raises: UsageError for one that cannot be on this machine.
    """
    options = schema.SolverParameter(
        base_lr=RATE,
        lr_policy="fixed",
        momentum=0.9,
        weight_decay=0.0005,
        precision=case.precision,
        compile=compile,
        cuda_graph=cuda_graph,
    )
    net = computing_as(options, load)(TWINS[case.net].path, phase="TRAIN", device=device)
    images, labels = images_and_labels(case, net.device)
    if net.device.type == "cuda" and case.precision != "FP32":
        images = images.contiguous(memory_format=torch.channels_last)  # as decoded pictures come from the feed
    replay = replay_on(net, workers=1) if cuda_graph else None
    solver = Solver(options, net, SameBatch(net, images, labels), replay=replay)

    def step() -> None:
        for _ in solver.step(1):
            pass

    return step


def _inference(case: Case, device: str) -> Callable[[], object]:
    net = load(TWINS[case.net].path, phase="TEST", stages=("deploy",), device=device, weights_stay=True)
    fill(net)
    images, _ = images_and_labels(case, net.device)
    return partial(_forward, net, images, precision_of(case, net.device))


@torch.inference_mode()
def _forward(net: Net, images: Tensor, precision: Precision) -> Tensor:
    with precision():
        result: Pass = net({"data": images})
    (probabilities,) = result.blobs.values()
    return probabilities
