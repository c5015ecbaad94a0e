"""Every solver case that Caffe ran, on its net written out by hand: parameters, updates, losses of each iteration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from google.protobuf import text_format
from numpy.typing import NDArray
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies import Policy
from netdef.solver.rules.updater import Updater

GOLDEN = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[2] / "golden")) / "solvers"
CASES = sorted(path.stem for path in GOLDEN.glob("*.npz"))
BLOBS = ["ip1/0", "ip1/1", "ip2/0", "ip2/1"]
LR_MULTS, DECAY_MULTS = [1.0, 2.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]
BATCH = 4

Row = tuple[NDArray[np.float32], NDArray[np.float32]]


def rows() -> Iterator[Row]:
    """The net's HDF5Data layer: all rows of both files, over and over."""
    read: list[Row] = []
    for name in ("data0.h5", "data1.h5"):
        with h5py.File(GOLDEN / name) as file:
            read.extend(zip(file["data"][:], file["target"][:], strict=True))
    return cycle(read)


def backward(parameters: list[Tensor], source: Iterator[Row]) -> tuple[float, list[Tensor]]:
    """One batch through ip1, TanH, ip2, EuclideanLoss: the loss and the gradients of ip1/0, ip1/1, ip2/0."""
    batch = list(islice(source, BATCH))
    data = torch.tensor(np.stack([row[0] for row in batch]))
    target = torch.tensor(np.stack([row[1] for row in batch]))
    w1, b1, w2, b2 = parameters
    hidden = torch.tanh(data @ w1.T + b1)
    error = hidden @ w2.T + b2 - target
    d_hidden = error @ w2 / BATCH * (1 - hidden**2)
    return float((error**2).sum()) / (2 * BATCH), [d_hidden.T @ data, d_hidden.sum(0), error.T @ hidden / BATCH]


def assert_close(found: Tensor, expected: NDArray[np.float32]) -> None:
    assert np.abs(found.numpy() - expected).max() <= 1e-6 + 1e-4 * np.abs(expected).max()


def accumulate(parameters: list[Tensor], source: Iterator[Row], batches: int) -> tuple[float, list[Tensor | None]]:
    """Return the last batch's loss and the summed gradients; none for ip2's bias, whose lr_mult is 0."""
    gradients = [torch.zeros_like(parameter) for parameter in parameters[:3]]
    for _ in range(batches):
        loss, added = backward(parameters, source)
        for gradient, more in zip(gradients, added, strict=True):
            gradient += more
    return loss, [*gradients, None]


def run(case: str, *, keep_updates: bool) -> None:
    solver = text_format.Parse((GOLDEN / f"{case}.prototxt").read_text(), schema.SolverParameter())
    golden = np.load(GOLDEN / f"{case}.npz")
    parameters = [torch.tensor(golden[f"init/{blob}"]) for blob in BLOBS]
    updater = Updater(solver, parameters, LR_MULTS, DECAY_MULTS, keep_updates=keep_updates)
    policy, source = Policy(solver), rows()
    for iteration, expected_loss in enumerate(golden["loss"]):
        loss, gradients = accumulate(parameters, source, solver.iter_size)
        updater.step(gradients, policy.rate(iteration), iteration)
        assert loss == pytest.approx(expected_loss, rel=1e-4)
        for blob, parameter, gradient in zip(BLOBS, parameters, gradients, strict=True):
            assert_close(parameter, golden[f"iter{iteration + 1}/{blob}"])
            if keep_updates and gradient is not None and iteration < 2:
                assert_close(gradient, golden[f"update{iteration + 1}/{blob}"])


def test_there_are_golden_cases() -> None:
    assert len(CASES) == 33


@pytest.mark.parametrize("keep_updates", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_caffes_run_is_repeated(case: str, keep_updates: bool) -> None:
    run(case, keep_updates=keep_updates)
