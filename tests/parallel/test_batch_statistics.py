from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from netdef.net import Net
from netdef.parallel.batch_statistics import join_statistics, joint_moments
from tests.graph.texts import graph, layer
from tests.parallel.groups import group_of_one
from tests.parallel.runs import furthest, numbers, state, weights

DATA = layer("Input", "", "x", "input_param { shape { dim: 4 dim: 3 dim: 5 dim: 2 } }", name="data")
FEW = 12  # iterations
CLOSE = 1e-5


def test_moments_are_those_of_the_batch() -> None:
    x = torch.randn(4, 3, 5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with group_of_one() as group:
        mean, variance, spread = joint_moments(group, x)
    assert spread == 4 * 5 * 2
    for channel in range(3):
        values = x[:, channel].flatten().tolist()
        middle = sum(values) / spread
        assert abs(mean[channel].item() - middle) < 1e-12
        assert abs(variance[channel].item() - sum((value - middle) ** 2 for value in values) / spread) < 1e-12


def test_a_layer_gives_the_same_with_them() -> None:
    net = graph(DATA, layer("BatchNorm", "x", "y", name="bn"))
    inputs = {"x": torch.randn(4, 3, 5, 2, generator=torch.Generator().manual_seed(1))}
    alone, joined = Net(net), Net(net)
    with group_of_one() as group:
        join_statistics(joined, group)
        torch.testing.assert_close(joined(inputs).blobs["y"], alone(inputs).blobs["y"])
    for one, other in zip(joined.blobs_of("bn"), alone.blobs_of("bn"), strict=True):
        torch.testing.assert_close(one, other)


def test_two_workers_normalize_as_one_process_does(of_one: Path, of_two: Path) -> None:
    one, two = of_one / "normalized", of_two / "normalized"
    assert np.abs(np.subtract(numbers(two), numbers(one))).max() < CLOSE
    assert furthest(weights(two, FEW), weights(one, FEW)) < CLOSE


def test_without_them_each_worker_normalizes_its_own_batch(of_one: Path, of_two: Path) -> None:
    own = numbers(of_two / "apart")
    assert np.abs(np.subtract(own[:20], numbers(of_one / "normalized")[:20])).max() > 100 * CLOSE
    assert state(of_two / "apart", FEW).iteration == FEW
