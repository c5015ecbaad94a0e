from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.solver.evaluation import EvaluatedNet, evaluate
from netdef.solver.events import Event, Tested
from netdef.solver.request import Request
from netdef.solver.workers import ALONE, Workers
from tests.graph.texts import layer
from tests.parallel.threads import in_threads
from tests.solver.runs import DATA, LINEAR, LOSS, PRODUCT, ArrayBatch, ArrayBatches, requests, solver, written

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


class Turn:
    """The batches that are one worker's turn; the others pass."""

    def __init__(self, worker: Workers) -> None:
        self.worker = worker
        self.all = ArrayBatches()

    def next(self) -> ArrayBatch | None:
        mine = self.all.given % self.worker.count == self.worker.rank
        batch = self.all.next()
        return batch if mine else None


@pytest.mark.parametrize("iterations", [1, 4, 6])
def test_workers_take_turns_and_all_have_the_means_of_one_process(iterations: int) -> None:
    def test_of(worker: Workers) -> tuple[list[Event], int]:
        idle: list[None] = []
        test = EvaluatedNet(solver("").net, Turn(worker), iterations, lambda: idle.append(None))
        run = evaluate(test, 0, 7, lambda: worker.agree(Request.NONE), with_loss=True, workers=worker)
        return list(run), len(idle)

    (alone, nothing), *several = (test_of(ALONE), *in_threads(3, test_of))
    assert nothing == 0
    assert [idle for _, idle in several] == [int(rank >= iterations % 3 > 0) for rank in range(3)]
    for events, _ in several:
        assert events[:-1] == alone[:-1]
        tested, expected = events[-1], alone[-1]
        assert isinstance(tested, Tested)
        assert isinstance(expected, Tested)
        assert tested.loss == pytest.approx(expected.loss)
        assert tested.outputs["loss"] == pytest.approx(expected.outputs["loss"])


def test_all_workers_end_a_test_that_one_is_asked_to_stop() -> None:
    def written_by(worker: Workers) -> list[str]:
        asked = requests(NONE, STOP) if worker.rank == 1 else requests()
        test = EvaluatedNet(solver("").net, Turn(worker), 5)
        return written(evaluate(test, 0, 7, lambda: worker.agree(asked()), with_loss=True, workers=worker))

    lines = ["begin test 7 of net 0, 5 batches", "net 0: 1 of 5", "net 0: 2 of 5"]
    assert in_threads(2, written_by) == [lines, lines]
