from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from netdef.errors import DataError
from netdef.net import Net
from netdef.repetition.repetition import Repetition
from netdef.solver import repeated
from netdef.solver.events import Trained
from netdef.solver.loop import Solver
from netdef.solver.repeated import Repeated, may_be_repeated
from tests.graph.texts import inner_product, layer
from tests.solver.runs import ArrayBatch
from tests.ways import RECORDS, SOURCE, TEXTS, batch, made, options

PASSES = 7


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Repetition]:
    """Return those that are run, each time."""
    found: list[Repetition] = []
    run = Repetition.run

    def counted(self: Repetition) -> None:
        found.append(self)
        run(self)

    monkeypatch.setattr(Repetition, "run", counted)
    return found


class Batches:
    """Endless batches; ``change`` changes one of a number."""

    def __init__(self, change: Callable[[int, dict[str, Tensor]], object] = lambda number, inputs: None) -> None:
        self._number, self._change = 0, change

    def next(self) -> ArrayBatch:
        inputs = batch(self._number)
        self._change(self._number, inputs)
        given = ArrayBatch(inputs, self._number * RECORDS)
        self._number += 1
        return given


def solver(*texts: str, batches: Batches | None = None, display: int = 0) -> Solver:
    return Solver(options(momentum=0.9, display=display), made(*(texts or TEXTS)), batches or Batches())


def trained(of: Solver, steps: int = PASSES) -> list[Trained]:
    return [event for event in of.step(steps) if isinstance(event, Trained)]


def as_ever(display: int = 0) -> Solver:
    """Return a solver whose passes are not repeated."""
    found = solver(display=display)
    found._runner = found.replica
    return found


def stored(of: Solver) -> list[Tensor]:
    return [tensor.detach() for _, tensor in of.net.stored()] + of.updater.histories


def check_same(one: Solver, other: Solver) -> None:
    torch.testing.assert_close(stored(one), stored(other), rtol=0, atol=0)


def test_a_run_is_the_same_to_the_last_bit(runs: list[Repetition]) -> None:
    one, other = solver(display=1), as_ever(display=1)
    events, expected = trained(one), trained(other)
    assert [event.loss for event in events] == [event.loss for event in expected]
    assert [event.outputs["loss"] for event in events] == [event.outputs["loss"] for event in expected]
    check_same(one, other)
    assert len(runs) == PASSES - repeated.FIRST - 1  # the last passes, and the one that is tried
    assert len({id(each) for each in runs}) == 1


def test_outputs_stay_as_they_were_told(runs: list[Repetition]) -> None:
    events = trained(solver(*TEXTS, layer("Softmax", "y", "scores"), display=1))
    last, before = (event.outputs["scores"] for event in (events[-1], events[-2]))
    assert runs
    assert not np.array_equal(last, before)


def test_batches_of_each_kind_have_a_list_of_their_own(runs: list[Repetition]) -> None:
    net = made()
    found = Repeated(net)
    for number in range(10):
        records = 4 + 2 * (number % 2)
        found(batch(number, records), rows=torch.arange(records), iteration=number)
    assert len({id(each) for each in runs}) == 2


def test_no_more_kinds_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "MOST", 2)
    found = Repeated(made())
    for records in (2, 3, 4, 2, 3, 4):
        found(batch(0, records), rows=torch.arange(records))
        assert len(found._kinds) <= 2


def test_rows_may_be_missing(runs: list[Repetition]) -> None:
    found, net = Repeated(made()), made()
    for number in range(PASSES):
        loss = found(batch(number), iteration=number).loss
        assert float(loss.detach()) == float(net(batch(number), iteration=number).loss.detach())
    assert runs


def test_a_list_that_gives_other_numbers_is_not_trusted(
    runs: list[Repetition], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = solver(), as_ever()
    run, statistic = Repetition.run, next(each for _, each in one.net.stored() if not each.requires_grad)

    def wrong(self: Repetition) -> None:
        run(self)
        statistic.add_(1e-3)

    monkeypatch.setattr(Repetition, "run", wrong)
    trained(one)
    trained(other)
    check_same(one, other)
    assert len(runs) == 1


def test_what_is_not_a_number_is_the_same_as_another() -> None:
    nan = torch.tensor([float("nan"), 1])
    assert repeated._is_same(nan, nan.clone())
    assert not repeated._is_same(nan, torch.tensor([1.0, 1]))
    assert not repeated._is_same(nan, None)
    assert not repeated._is_same(torch.zeros(1), torch.zeros(2))


def later(change: Callable[[Net], object], runs: list[Repetition]) -> tuple[Solver, int]:
    """Change a net after it has been repeated; return how many passes have been repeated since."""
    one = solver()
    trained(one)
    before = len(runs)
    change(one.net)
    trained(one, 2)
    return one, len(runs) - before


def hook_of_a_layer(net: Net) -> None:
    net.steps[1].register_forward_hook(lambda *_: None)


def hook_of_a_parameter(net: Net) -> None:
    next(net.parameters()).register_hook(lambda _: None)  # type: ignore[no-untyped-call]


def hook_behind_a_gradient(net: Net) -> None:
    next(net.parameters()).register_post_accumulate_grad_hook(lambda _: None)  # type: ignore[no-untyped-call]


def layers_by_themselves(net: Net) -> None:
    net.fuse = False


@pytest.mark.parametrize("change", [hook_of_a_layer, hook_of_a_parameter, hook_behind_a_gradient, layers_by_themselves])
def test_who_looks_at_layers_or_gradients_sees_all_passes(
    change: Callable[[Net], object], runs: list[Repetition]
) -> None:
    assert later(change, runs)[1] == 0


def test_a_parameter_that_moves_or_stops_to_learn_is_noticed(runs: list[Repetition]) -> None:
    def moved(net: Net) -> None:
        first = next(net.parameters())
        first.data = first.data.clone() * 2

    assert later(moved, runs)[1] == 0
    stopped, count = later(lambda net: next(net.parameters()).requires_grad_(False), runs)
    assert count == 0
    trained(stopped, PASSES)
    assert next(stopped.net.parameters()).grad is None
    assert len(runs) > 1


def test_a_pass_of_another_mode_runs_as_ever(runs: list[Repetition]) -> None:
    one = solver()
    trained(one)
    before = len(runs)
    with torch.autograd.set_detect_anomaly(True):
        trained(one, 1)
    with torch.autocast("cpu", torch.bfloat16):
        trained(one, 1)
    assert len(runs) == before
    trained(one, 1)
    assert len(runs) == before + 1


def test_without_gradients_a_net_runs_as_ever(runs: list[Repetition]) -> None:
    found = Repeated(made())
    with torch.no_grad():
        for number in range(PASSES):
            assert not found(batch(number)).loss.requires_grad
    assert not runs


def test_blobs_that_are_to_be_kept_are_there(runs: list[Repetition]) -> None:
    found = Repeated(made())
    for number in range(PASSES):
        found(batch(number))
    assert runs
    assert "n" in found(batch(9), keep=["n"]).blobs
    assert found(batch(9), keep=["n"]).loss.requires_grad


def test_a_wrong_label_is_refused_as_ever(runs: list[Repetition]) -> None:
    def wrong(number: int, inputs: dict[str, Tensor]) -> None:
        if number == PASSES:
            inputs["label"][1] = 7

    one = solver(batches=Batches(wrong))
    trained(one)
    before = stored(one)[0].clone()
    with pytest.raises(DataError, match="a label is 7, must be from 0 to 2: there are 3 classes"):
        trained(one, 1)
    assert torch.equal(stored(one)[0], before)


def test_other_types_of_numbers_run_as_ever(runs: list[Repetition]) -> None:
    one = Solver(options(), made(dtype=torch.float64), Batches())
    trained(one)
    assert isinstance(one._runner, Repeated)
    assert not runs


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (TEXTS, True),
        ((SOURCE, layer("Filter", "x,label", "y")), False),  # it works beside torch's operators
        ((SOURCE, inner_product("x", "y", 200_000), layer("SoftmaxWithLoss", "y,label", "loss")), False),  # too large
    ],
)
def test_small_nets_may_be_repeated(texts: tuple[str, ...], answer: bool) -> None:
    assert may_be_repeated(made(*texts)) is answer


def test_nets_in_parts_are_not_repeated() -> None:
    product = "inner_product_param { num_output: 4 }"
    texts = (SOURCE, layer("InnerProduct", "x", "y", f'{product} device: "0" device: "1"'))
    assert may_be_repeated(made(*texts))
    assert not may_be_repeated(made(*texts, micro_batches=2))
    assert not may_be_repeated(made(*texts, devices=["cpu:0", "cpu:1"]))


def test_hidden_blobs_are_carried_on_as_ever() -> None:
    texts = (
        layer(
            "Input",
            "",
            "s,c,t",
            "input_param { shape { dim: 5 dim: 2 dim: 3 } shape { dim: 5 dim: 2 } shape { dim: 5 dim: 2 dim: 4 } }",
        ),
        layer("RNN", "s,c", "h", 'recurrent_param { num_output: 4 weight_filler { type: "gaussian" std: 0.1 } }'),
        layer("EuclideanLoss", "h,t", "loss"),
    )
    assert not may_be_repeated(made(*texts))


@pytest.mark.parametrize("fields", [{"iter_size": 2}, {"precision": 2}])
def test_solvers_that_add_up_or_scale_do_not_repeat(fields: dict[str, object]) -> None:
    assert not isinstance(Solver(options(**fields), made(), Batches())._runner, Repeated)
    assert isinstance(solver()._runner, Repeated)


def test_solvers_that_keep_updates_do_not_repeat() -> None:
    assert not isinstance(Solver(options(), made(), Batches(), keep_updates=True)._runner, Repeated)


def test_the_gradients_are_there_after_a_step(runs: list[Repetition]) -> None:
    def gradients(of: Solver) -> list[list[Tensor]]:
        seen: list[list[Tensor]] = []
        of.before_update.append(
            lambda: seen.append([each.clone() for each in of.replica.gradients if each is not None])
        )
        trained(of)
        return seen

    torch.testing.assert_close(gradients(solver()), gradients(as_ever()), rtol=0, atol=0)
    assert runs
