from __future__ import annotations

import torch

from netdef.net import Net
from netdef.solver.loop import Solver
from netdef.solver.replica import Replica
from tests.graph.texts import graph
from tests.solver.runs import LINEAR, PRODUCT, ArrayBatches, options

INPUTS = {"x": torch.arange(6.0).reshape(2, 3), "t": torch.ones(2, 1)}


def replica() -> Replica:
    return Replica(Net(graph(*LINEAR), seed=2))


def test_it_runs_the_net_and_holds_its_parameters() -> None:
    own = replica()
    result = own(INPUTS)
    assert result.loss.tolist() == own.net(INPUTS).loss.tolist()
    assert own.gradients == [None, None]
    with own.pass_of(last=True):
        result.loss.backward()  # type: ignore[no-untyped-call]
    assert [part.shape for part in own.parts] == [gradient.shape for gradient in own.gradients if gradient is not None]
    assert own.parts[0] is own.net.stored()[0][1]


def test_missing_gradients_are_filled_with_zeros_and_others_stay() -> None:
    own = replica()
    own.parts[1].grad = torch.ones(1)
    own.fill_gradients()
    weights, bias = own.gradients
    assert weights is not None
    assert weights.shape == (1, 3)
    assert not weights.any()
    assert bias is own.parts[1].grad
    assert own.parts[1].grad.tolist() == [1]


def test_a_solver_that_keeps_updates_has_one_of_every_parameter() -> None:
    net = Net(graph(*LINEAR, PRODUCT.replace('"y"', '"unread"')))
    weights = net.blobs_of("unread")[0]
    before = weights.detach().clone()
    assert before.all()
    list(Solver(options("weight_decay: 0.5"), net, ArrayBatches(), keep_updates=True).step(1))
    assert weights.grad is not None
    torch.testing.assert_close(weights.grad, 0.1 * 0.5 * before)


def test_the_norm_is_that_of_all_gradients() -> None:
    assert float(replica().norm([torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])])) == 5


def test_what_is_written_into_whole_histories_counts_where_it_is_said_to() -> None:
    own = replica()
    histories = [torch.zeros_like(part) for part in own.parts]
    with own.whole(histories, changing=True) as wholes:
        for whole in wholes:
            whole.fill_(7)
    assert all((history == 7).all() for history in histories)
    own.check_agreement(histories)
    assert own.lend_to(own.net)() is None
