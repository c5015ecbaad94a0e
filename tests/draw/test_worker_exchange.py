from __future__ import annotations

from collections.abc import Callable

import pytest

from netdef.draw.worker_exchange import worker_exchange
from netdef.graph.graph import Graph
from tests.draw.split import CONV, FC, NET, OUT, WITHOUT

MakeGraph = Callable[..., Graph]
BATCH = 2


@pytest.mark.parametrize("workers", [2, 4])
def test_what_comes_of_each_blob(graph: MakeGraph, workers: int) -> None:
    """Of rows and channels of all records come those of the others, of own rows all channels but the own ones."""
    found = worker_exchange(graph(NET, "TRAIN"), workers)
    rows, channels, back = 4 * 8 * 3 * 5 * (workers - 1), 4 * 12 * (workers - 1), 4 * 20 * (workers - 1) // workers
    assert [(blob.name, blob.source, blob.target, blob.forward, blob.backward) for blob in found.blobs] == [
        ("conv", "own records", "all records", rows, rows),
        ("fc", "all records", "all records", channels, channels),
        ("out", "all records", "own records", back, back),
    ]
    assert found.step.blobs == 2 * BATCH * (rows + channels + back)
    assert found.step.ordinals == 8 * BATCH * (workers - 1)


def test_gradients_of_whole_layers_come_in_a_ring(graph: MakeGraph) -> None:
    found = worker_exchange(graph(NET, "TRAIN"), 4)
    assert found.step.gradients == 2 * 3 * 4 * CONV // 4
    assert found.replicated.all == found.replicated.gradients == 2 * 3 * 4 * (CONV + FC + OUT) // 4
    assert (found.held, found.parameters) == (CONV + (FC + OUT) // 4, CONV + FC + OUT)


def test_without_such_a_group_both_are_the_same(graph: MakeGraph) -> None:
    found = worker_exchange(graph(WITHOUT, "TRAIN"), 3)
    assert found.blobs == []
    assert found.step == found.replicated
    assert found.held == found.parameters


def test_data_that_learn_nothing_get_no_gradient(graph: MakeGraph) -> None:
    split = NET.replace("convolution_param", 'in_group: "split" convolution_param')
    first = worker_exchange(graph(split, "TRAIN"), 2).blobs[0]
    assert (first.name, first.forward, first.backward) == ("x", 4 * 6 * 5 * 7, 0)


def test_what_stays_as_it_is_has_no_gradient_to_give(graph: MakeGraph) -> None:
    still = NET.replace("convolution_param", "param { lr_mult: 0 } param { lr_mult: 0 } convolution_param")
    assert worker_exchange(graph(still, "TRAIN"), 2).step.gradients == 0
    assert worker_exchange(graph(f"force_backward: true {still}", "TRAIN"), 2).step.gradients == 4 * CONV


def test_one_worker_is_given_nothing(graph: MakeGraph) -> None:
    found = worker_exchange(graph(NET, "TRAIN"), 1)
    assert (found.step.all, found.replicated.all, found.blobs) == (0, 0, [])


def test_what_is_not_known_is_none(graph: MakeGraph) -> None:
    unknown = NET.replace("input_param { shape { dim: 2 dim: 6 dim: 5 dim: 7 } }", "")
    found = worker_exchange(graph(unknown, "TRAIN"), 2)
    assert (found.step.all, found.replicated.all, found.held) == (None, None, None)
