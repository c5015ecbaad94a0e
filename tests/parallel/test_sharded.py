from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.distributed.tensor import DTensor

from netdef.errors import UsageError
from netdef.net import Net, Pass
from netdef.parallel.sharded import Sharded
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, inner_product, layer
from tests.parallel.groups import group_of_one
from tests.parallel.runs import furthest, numbers, state, weights

CLOSE = 1e-5
FEW = 12  # iterations
DATA = layer("Input", "", "x,t", "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 4 } }", name="data")
GAUSSIAN = 'inner_product_param { num_output: %d weight_filler { type: "gaussian" } }'
NET = (DATA, layer("InnerProduct", "x", "y", GAUSSIAN % 4), layer("EuclideanLoss", "y,t", "loss"))
INPUTS = {"x": torch.arange(6.0).reshape(2, 3), "t": torch.ones(2, 4)}


def back(result: Pass) -> None:
    result.loss.backward()  # type: ignore[no-untyped-call]


def test_the_numbers_are_those_of_one_process(of_one: Path, of_two: Path) -> None:
    one, cut = of_one / "tied", of_two / "cut"
    assert np.abs(np.subtract(numbers(cut), numbers(one))).max() < CLOSE
    assert furthest(weights(cut, FEW), weights(one, FEW)) < CLOSE
    assert furthest(list(state(cut, FEW).histories), list(state(one, FEW).histories)) < CLOSE


@pytest.mark.parametrize("run", ["resumed_whole", "resumed_cut"])
def test_more_workers_go_on_where_two_were(run: str, of_one: Path, of_four: Path) -> None:
    resumed, one = of_four / run, of_one / "plain"
    since = len(numbers(resumed))
    assert since > 30
    assert np.abs(np.subtract(numbers(resumed), numbers(one)[-since:])).max() < CLOSE
    assert furthest(weights(resumed), weights(one)) < CLOSE
    assert state(resumed).positions == state(one).positions


def test_parts_gradients_and_histories_are_whole_while_they_are_saved() -> None:
    plain = Net(graph(*NET), seed=3)
    back(plain(INPUTS))
    with group_of_one() as group:
        net = Net(graph(*NET), seed=3)
        replica = Sharded(net, group)
        back(replica(INPUTS))
        histories = [torch.full_like(part, number) for number, part in enumerate(replica.parts)]
        assert all(isinstance(tensor, DTensor) for _, tensor in net.stored())
        with replica.whole(histories) as wholes:
            assert not any(isinstance(tensor, DTensor) for tensor in [*wholes, *dict(net.stored()).values()])
            for (_, whole), (_, own) in zip(net.stored(), plain.stored(), strict=True):
                assert whole.tolist() == own.tolist()
                assert whole.grad is not None
                assert own.grad is not None
                torch.testing.assert_close(whole.grad, own.grad)
        assert all(isinstance(tensor, DTensor) for _, tensor in net.stored())


def test_what_is_written_counts_where_it_is_said_to() -> None:
    with group_of_one() as group:
        net = Net(graph(*NET), seed=3)
        replica = Sharded(net, group)
        histories = [torch.zeros_like(part) for part in replica.parts]
        for changing in (False, True):
            with replica.whole(histories, changing=changing) as wholes, torch.no_grad():
                for tensor in [*wholes, *dict(net.stored()).values()]:
                    tensor.fill_(7)
            assert all((part == 7).all() == changing for part in [*replica.parts, *histories])
        assert float(replica.norm([torch.tensor([3.0]), torch.tensor([4.0])])) == 5


def test_a_test_net_computes_with_what_is_cut() -> None:
    with group_of_one() as group:
        net = Net(graph(*NET), seed=3)
        replica = Sharded(net, group)
        test = Net(graph(*NET, phase=schema.TEST), share=net)
        accompany = replica.lend_to(test)
        for _ in range(2):
            torch.testing.assert_close(test(INPUTS).loss, Net(graph(*NET), seed=3)(INPUTS).loss)
            assert all(isinstance(tensor, DTensor) for _, tensor in test.stored())
            accompany()


def test_a_net_on_several_devices_is_not_cut_too() -> None:
    layers = (DATA, inner_product("x", "y", 4, 'device: "0" device: "1"'), layer("EuclideanLoss", "y,t", "loss"))
    net = Net(graph(*layers), devices=("cpu:0", "cpu:1"))
    with group_of_one() as group, pytest.raises(UsageError, match="shard: the net lies on several devices"):
        Sharded(net, group)
