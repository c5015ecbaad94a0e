from __future__ import annotations

import torch

from netdef.net import Net
from netdef.solver.replica import Replica
from tests.graph.texts import graph
from tests.solver.runs import LINEAR

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
