from __future__ import annotations

import pytest
import torch

from netdef.errors import TrainingError, UsageError
from netdef.net import Net
from netdef.solver.loop import Solver
from netdef.solver.replay import Replay, Work
from tests.graph.texts import graph, layer
from tests.solver.runs import DATA, LOSS, PRODUCT, ArrayBatches, losses, options, parameters
from tests.ways import FILLED

HIDDEN = layer("InnerProduct", "x", "h", f"inner_product_param {{ num_output: 4 {FILLED} }}", name="h")
TEXTS = (DATA, HIDDEN, layer("Dropout", "h", "d", name="drop"), PRODUCT.replace('"x"', '"d"'), LOSS)
MOMENTUM = {"SGD": 0.9, "Nesterov": 0.9, "Adam": 0.9, "AdaDelta": 0.9, "AdaGrad": 0, "RMSProp": 0}


def as_it_is(work: Work) -> Work:
    return work


def solver(text: str, replay: object = None, batches: ArrayBatches | None = None, device: str = "cpu") -> Solver:
    net = Net(graph(*TEXTS), dtype=torch.float64, device=device)
    return Solver(options(text), net, batches or ArrayBatches(), replay=replay)  # type: ignore[arg-type]


@pytest.mark.parametrize("more", ["", "iter_size: 3", "clip_gradients: 0.5", "iter_size: 2 clip_gradients: 100"])
@pytest.mark.parametrize("kind", MOMENTUM)
def test_whole_steps_learn_what_iterations_in_parts_do(kind: str, more: str) -> None:
    text = f'type: "{kind}" momentum: {MOMENTUM[kind]} weight_decay: 0.01 max_iter: 6 display: 1 {more}'
    apart, whole = solver(text), solver(text, as_it_is)
    assert losses(whole.solve()) == pytest.approx(losses(apart.solve()), rel=1e-9)
    for mine, its in zip(parameters(whole), parameters(apart), strict=True):
        assert mine == pytest.approx(its, rel=1e-9)


def test_the_rate_follows_the_policy() -> None:
    text = "gamma: 0.5 stepsize: 2 max_iter: 6 momentum: 0.9"
    policies = [options(text, '"step"') for _ in range(2)]
    made = [
        Solver(each, Net(graph(*TEXTS), dtype=torch.float64), ArrayBatches(), replay=replay)
        for each, replay in zip(policies, (None, as_it_is), strict=True)
    ]
    found = [losses(each.solve()) for each in made]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_a_lost_loss_is_told_with_where_the_parameters_are() -> None:
    batches = ArrayBatches(change=lambda number, tensors: tensors["x"].fill_(float("nan")) if number == 1 else None)
    with pytest.raises(TrainingError, match=r"iteration 1: the loss is nan(?s:.*)the parameters are as after"):
        losses(solver("max_iter: 3", as_it_is, batches).solve())


def test_a_batch_of_another_size_is_refused() -> None:
    batches = ArrayBatches()
    run = solver("max_iter: 3", as_it_is, batches)
    list(run.step(1))
    batches.size = 5
    with pytest.raises(UsageError, match='cuda_graph: blob "x" is 5 × 3, but 2 × 3'):
        list(run.step(1))


def test_a_gpu_learns_the_same_by_replaying(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    text = "max_iter: 9 momentum: 0.9 weight_decay: 0.01 clip_gradients: 1 display: 1"
    run = solver(text, lambda work: Replay(work, torch.device("cuda:0")), device="cuda:0")
    assert losses(run.solve()) == pytest.approx(losses(solver(text).solve()), rel=1e-6)
