from __future__ import annotations

import gc
import math
import weakref

import numpy as np
import pytest
import torch
from torch import Tensor

from netdef.errors import OptionError, TrainingError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.events import FinalLoss, Trained
from netdef.solver.request import Request
from tests.graph.texts import inner_product, layer
from tests.solver.runs import DATA, LINEAR, LOSS, PRODUCT, ArrayBatches, losses, parameters, requests, solver, written

STOP, SNAPSHOT, NONE = Request.STOP, Request.SNAPSHOT, Request.NONE
ONE_TEST = [(LINEAR, 1)]


def trained(text: str, *texts: str, batches: ArrayBatches | None = None) -> list[Trained]:
    return [event for event in solver(text, *texts, batches=batches).solve() if isinstance(event, Trained)]


def test_things_happen_in_the_order_in_which_caffe_does_them() -> None:
    run = solver("max_iter: 4 display: 2 test_interval: 2 snapshot: 3", tests=[(LINEAR, 2), (LINEAR, 1)])

    def tests(iteration: int) -> list[str]:
        return [
            f"begin test {iteration} of net 0, 2 batches",
            "net 0: 1 of 2",
            "net 0: 2 of 2",
            f"test {iteration} of net 0",
            f"begin test {iteration} of net 1, 1 batches",
            "net 1: 1 of 1",
            f"test {iteration} of net 1",
        ]

    assert written(run.solve()) == [
        *tests(0),
        *("train 0 shown", "train 1"),
        *tests(2),
        *("train 2 shown", "snapshot 3", "train 3"),
        *("snapshot 4", "final loss 4"),
        *tests(4),
        "finished 4",
    ]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("max_iter: 4 snapshot: 2", ["snapshot 4", "finished 4"]),  # saved as a multiple, not once more
        ("max_iter: 3 snapshot: 2", ["snapshot 3", "finished 3"]),
        ("max_iter: 3", ["train 2", "snapshot 3", "finished 3"]),
        ("max_iter: 3 snapshot_after_train: false", ["train 2", "finished 3"]),
        ("max_iter: 3 display: 2", ["train 2 shown", "snapshot 3", "finished 3"]),
        ("max_iter: 3 display: 3", ["train 2", "snapshot 3", "final loss 3", "finished 3"]),
        ("max_iter: 3 test_interval: 2", ["train 2", "snapshot 3", "finished 3"]),
        ("max_iter: 0 display: 1", ["snapshot 0", "final loss 0", "finished 0"]),
    ],
)
def test_the_end_of_a_run_depends_on_which_intervals_it_meets(text: str, end: list[str]) -> None:
    assert written(solver(text).solve())[-len(end) :] == end


def test_the_first_test_can_be_left_out() -> None:
    run = solver("max_iter: 2 test_interval: 1 test_initialization: false", tests=ONE_TEST)
    assert [line for line in written(run.solve()) if line.startswith(("test", "train"))] == [
        *("train 0", "test 1 of net 0"),
        *("train 1", "test 2 of net 0"),
    ]


def test_step_goes_on_where_it_stopped() -> None:
    run = solver("max_iter: 9 test_interval: 2", tests=ONE_TEST)
    assert written(run.step(1))[-1] == "train 0"
    assert written(run.step(2)) == [
        "train 1",
        "begin test 2 of net 0, 1 batches",
        "net 0: 1 of 1",
        "test 2 of net 0",
        "train 2",
    ]
    assert run.iteration == 3


def test_a_run_goes_on_from_a_resumed_iteration() -> None:
    run = solver("max_iter: 5 display: 2 average_loss: 3", policy='"step" gamma: 0.5 stepsize: 2')
    run.resume(4, [1.0, 2.0, 3.0, 4.0])
    (event,) = (event for event in run.solve() if isinstance(event, Trained))
    assert event.iteration == 4
    assert event.lr == pytest.approx(0.025)
    assert event.smoothed == pytest.approx((3 + 4 + event.loss) / 3)


def test_a_run_that_is_past_its_end_does_nothing_but_end() -> None:
    run = solver("max_iter: 3")
    run.resume(7)
    assert written(run.solve()) == ["snapshot 7", "finished 7"]


def test_one_step_subtracts_the_rate_times_the_gradient() -> None:
    run = solver("max_iter: 1")
    (weight, bias), batch = (tensor.detach().clone() for tensor in run.net.tensors.values()), ArrayBatches().next()
    x, t = (batch.tensors(torch.device("cpu"), torch.float64)[name] for name in "xt")
    list(run.solve())
    error = x @ weight.T + bias - t
    after = list(run.net.tensors.values())
    torch.testing.assert_close(after[0].detach(), weight - 0.1 * error.T @ x / 2)
    torch.testing.assert_close(after[1].detach(), bias - 0.1 * error.mean(0))


def test_losses_are_smoothed_over_the_last_iterations() -> None:
    found = trained("max_iter: 5 average_loss: 3")
    alone = [event.loss for event in found]
    assert len(set(alone)) == 5
    assert [event.smoothed for event in found] == pytest.approx(
        [np.mean(alone[max(0, last - 2) : last + 1]) for last in range(5)]
    )


def test_the_final_loss_is_smoothed_too_and_changes_no_parameter() -> None:
    run = solver("max_iter: 2 display: 2 average_loss: 2")
    *before, final = [event for event in run.solve() if isinstance(event, (Trained, FinalLoss))]
    last = run.smoothed.recent[-1]
    assert isinstance(final, FinalLoss)
    assert final.smoothed == pytest.approx((losses(before)[-1] + last) / 2)
    again = solver("max_iter: 2")
    list(again.solve())
    assert parameters(run) == parameters(again)


def test_iter_size_equals_one_large_batch() -> None:
    small, large = ArrayBatches(2), ArrayBatches(6)
    text = "max_iter: 3 momentum: 0.9 weight_decay: 0.01"
    parts, whole = solver(f"{text} iter_size: 3", batches=small), solver(text, batches=large)
    part_events, whole_events = list(parts.solve()), list(whole.solve())
    for part, one in zip(parameters(parts), parameters(whole), strict=True):
        assert part == pytest.approx(one, rel=1e-12)
    assert losses(part_events) == pytest.approx(losses(whole_events))
    images = [event.images for event in part_events if isinstance(event, Trained)]
    assert images == [event.images for event in whole_events if isinstance(event, Trained)] == [6, 6, 6]
    assert small.given == 9


def test_micro_batches_draw_apart_where_rows_are_no_records() -> None:
    def same(number: int, tensors: dict[str, Tensor]) -> None:
        tensors["x"] = torch.ones(2, 3, dtype=torch.float64)

    spread = layer("Reshape", "x", "flat", "reshape_param { shape { dim: -1 } }")
    texts = [
        DATA,
        spread,
        layer("Dropout", "flat", "d"),
        layer("Reduction", "d", "s", "loss_weight: 1"),
        layer("Silence", "t"),
    ]
    found = [event.loss for event in trained("max_iter: 6", *texts, batches=ArrayBatches(change=same))]
    assert len(set(found)) > 1


def test_outputs_are_told_where_they_are_shown() -> None:
    texts = [*LINEAR, layer("Power", "x", "copy")]
    found = trained("max_iter: 3 display: 2", *texts)
    assert [sorted(event.outputs) for event in found] == [["copy", "loss"], [], ["copy", "loss"]]
    assert found[0].outputs["copy"].shape == (2, 3)
    assert found[0].outputs["loss"] == pytest.approx(found[0].loss)


def test_a_request_to_stop_is_obeyed_after_the_iteration_and_a_snapshot() -> None:
    run = solver("max_iter: 9 display: 1", request=requests(NONE, STOP))
    assert written(run.solve()) == ["train 0 shown", "train 1 shown", "snapshot 2", "finished 2 early"]


def test_a_request_to_stop_saves_nothing_twice_and_nothing_unwanted() -> None:
    run = solver("max_iter: 9 snapshot: 2", request=requests(NONE, STOP))
    assert written(run.solve()) == ["train 0", "train 1", "snapshot 2", "finished 2 early"]
    run = solver("max_iter: 9 snapshot_after_train: false", request=requests(NONE, STOP))
    assert written(run.solve()) == ["train 0", "train 1", "finished 2 early"]


def test_a_request_for_a_snapshot_is_served_and_the_run_goes_on() -> None:
    run = solver("max_iter: 3 snapshot_after_train: false", request=requests(NONE, SNAPSHOT))
    assert written(run.solve()) == ["train 0", "train 1", "snapshot 2", "train 2", "finished 3"]


def test_a_request_meets_a_snapshot_that_is_due_anyway() -> None:
    run = solver("max_iter: 2 snapshot: 2", request=requests(NONE, SNAPSHOT))
    assert written(run.solve()) == ["train 0", "train 1", "snapshot 2", "finished 2"]


def test_a_loss_that_is_no_number_ends_the_run_before_the_parameters_change() -> None:
    def spoil(number: int, tensors: dict[str, Tensor]) -> None:
        tensors["t"][0, 0] = math.nan if number == 2 else 0

    run = solver(
        "max_iter: 9 weight_decay: 1", *LINEAR, layer("Power", "x", "copy"), batches=ArrayBatches(change=spoil)
    )
    events = run.solve()
    first, second = next(events), next(events)
    before = parameters(run)
    with pytest.raises(TrainingError) as caught:
        next(events)
    assert isinstance(first, Trained)
    assert isinstance(second, Trained)
    head, advice = str(caught.value).split("\n")
    assert head == f"iteration 2: the loss is nan (loss = nan); the loss before was {second.loss:g}"
    assert advice.startswith(
        "    the learning rate is 0.1: try a smaller base_lr, clip_gradients, or look for bad records"
    )
    assert advice.endswith("the parameters are as before this iteration")
    assert parameters(run) == before


def test_an_infinite_first_loss_ends_the_run_too() -> None:
    def spoil(number: int, tensors: dict[str, Tensor]) -> None:
        tensors["t"][0, 0] = math.inf

    with pytest.raises(TrainingError, match=r"iteration 0: the loss is inf \(loss = inf\); it is the first"):
        list(solver("max_iter: 9", batches=ArrayBatches(change=spoil)).solve())


def test_frozen_layers_and_statistics_stay_as_they_are_while_others_learn() -> None:
    still = layer("Scale", "n", "s", 'in_group: "still" scale_param { filler { value: 0.5 } }')
    texts = [
        'layer_group { name: "still" freeze: true }',
        DATA,
        layer("BatchNorm", "x", "n", 'in_group: "still"'),
        still,
    ]
    run = solver("max_iter: 3 momentum: 0.9 weight_decay: 0.1", *texts, PRODUCT.replace('"x"', '"s"'), LOSS)
    before = parameters(run)
    list(run.solve())
    after = parameters(run)
    assert after[:4] == before[:4]
    assert all(one != other for one, other in zip(after[4:], before[4:], strict=True))


def test_statistics_are_not_decayed() -> None:
    texts = [DATA, layer("BatchNorm", "x", "n"), PRODUCT.replace('"x"', '"n"'), LOSS]
    run = solver("max_iter: 1 weight_decay: 0.5", *texts)
    list(run.solve())
    assert parameters(run)[2] == [1.0]


def test_a_parameter_that_no_loss_reaches_decays_all_the_same() -> None:
    aside = layer("InnerProduct", "x", "aside", "inner_product_param { num_output: 1 weight_filler { value: 2 } }")
    run = solver("max_iter: 1 weight_decay: 0.5", *LINEAR, aside, layer("Silence", "aside"))
    list(run.solve())
    assert parameters(run)[2] == pytest.approx([2 - 0.1 * 0.5 * 2] * 3)


def test_a_net_without_a_loss_is_decayed_and_no_more() -> None:
    run = solver("max_iter: 2 weight_decay: 0.5", DATA, PRODUCT, layer("Silence", "t"))
    before = parameters(run)[0]
    assert losses(run.solve()) == [0.0, 0.0]
    assert parameters(run)[0] == pytest.approx([0.95**2 * value for value in before])


def test_nothing_of_one_iteration_lives_on_into_the_next() -> None:
    aside = [inner_product("x", "aside"), layer("ELU", "aside", "unread")]
    run = solver("max_iter: 4 iter_size: 2", "force_backward: true", *LINEAR, *aside)
    tops: list[weakref.ref[Tensor]] = []
    alive: list[int] = []

    def begun(module: object, bottoms: object) -> None:
        alive.append(sum(top() is not None for top in tops))

    run.net.layers[0].register_forward_pre_hook(begun)
    run.net.layers[3].register_forward_hook(lambda module, bottoms, result: tops.append(weakref.ref(result[0])))
    gc.disable()
    try:
        list(run.solve())
    finally:
        gc.enable()
    assert alive == [0] * 8


def test_options_that_make_no_sense_are_refused_before_anything_runs() -> None:
    with pytest.raises(OptionError, match="iter_size is 0, must be at least 1"):
        solver("iter_size: 0")
    with pytest.raises(OptionError, match="average_loss is 0, must be at least 1"):
        solver("average_loss: 0")


def test_phases_are_those_of_the_nets() -> None:
    run = solver("max_iter: 1 test_interval: 1", tests=ONE_TEST)
    assert run.net.graph.state.phase == schema.TRAIN
    assert run.tests[0].net.graph.state.phase == schema.TEST
