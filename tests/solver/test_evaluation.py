from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.solver.events import Tested
from netdef.solver.request import Request
from tests.graph.texts import layer
from tests.solver.runs import DATA, LINEAR, LOSS, PRODUCT, ArrayBatches, requests, solver, written

STOP, SNAPSHOT, NONE = Request.STOP, Request.SNAPSHOT, Request.NONE


def measured(text: str, *tests: tuple[tuple[str, ...], int]) -> list[Tested]:
    return [event for event in solver(text, tests=tests).solve() if isinstance(event, Tested)]


def test_a_test_gives_the_means_of_all_outputs() -> None:
    per_row = layer("Power", "y", "twice", "power_param { scale: 2 }")
    (event,) = measured("max_iter: 0 test_interval: 1", ((*LINEAR, per_row), 3))
    run = solver("")
    batches = ArrayBatches()
    outputs = []
    for _ in range(3):
        values = batches.next().tensors(torch.device("cpu"), torch.float64)
        outputs.append(run.net(values, keep=["y"]).blobs)
    assert event.outputs["twice"] == pytest.approx(2 * np.mean([o["y"].detach().numpy() for o in outputs], axis=0))
    assert event.outputs["loss"] == pytest.approx(np.mean([o["loss"].item() for o in outputs]))
    assert (event.loss_weights, event.loss) == ({"loss": 1.0}, None)


def test_the_mean_loss_of_a_test_is_told_if_it_is_asked_for() -> None:
    twice = LOSS.replace("}", "loss_weight: 2 }")
    (event,) = measured("max_iter: 0 test_interval: 1 test_compute_loss: true", ((DATA, PRODUCT, twice), 3))
    assert event.loss == pytest.approx(2 * event.outputs["loss"])
    assert event.loss_weights == {"loss": 2.0}


def test_a_test_of_no_batches_tells_nothing() -> None:
    (event,) = measured("max_iter: 0 test_interval: 1 test_compute_loss: true", (LINEAR, 0))
    assert (event.outputs, event.loss) == ({}, None)


def test_tests_see_the_parameters_of_their_moment_and_go_on_in_their_data() -> None:
    run = solver("max_iter: 4 test_interval: 2", tests=[(LINEAR, 2)])
    found = [float(event.outputs["loss"]) for event in run.solve() if isinstance(event, Tested)]
    assert len(set(found)) == 3
    batches = run.tests[0].batches
    assert isinstance(batches, ArrayBatches)
    assert batches.given == 6


def test_a_request_to_stop_ends_a_test() -> None:
    run = solver("max_iter: 9 test_interval: 1", tests=[(LINEAR, 3), (LINEAR, 1)], request=requests(NONE, STOP))
    assert written(run.solve()) == [
        "begin test 0 of net 0, 3 batches",
        "net 0: 1 of 3",
        "snapshot 0",
        "finished 0 early",
    ]


def test_all_requests_that_wait_are_served_before_the_next_batch_of_a_test() -> None:
    run = solver("max_iter: 9 test_interval: 1", tests=[(LINEAR, 3)], request=requests(NONE, SNAPSHOT, SNAPSHOT, STOP))
    assert written(run.solve())[1:] == ["net 0: 1 of 3", "snapshot 0", "snapshot 0", "snapshot 0", "finished 0 early"]
