"""Fake tensors on devices that refuse to be mixed: what moves between devices is what the plan says, no more."""

from __future__ import annotations

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from netdef.graph.graph import Graph
from netdef.model import load_graph
from netdef.module.layer_module import lengths
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.exchange import Exchange, back, forth
from tests.graph.texts import graph
from tests.house import ROOT
from tests.placed_nets import NETS
from tests.placing import updater_of

MODELS = ("alexnet", "alexnet_paper", "alexnet_two_towers")
TRAIN = schema.NetState(phase=schema.TRAIN)
PLAIN = schema.SolverParameter(momentum=0.9, weight_decay=0.01)  # a clip would have to know the gradients' sizes


def of(name: str) -> Graph:
    return graph(NETS[name].text) if name in NETS else load_graph(str(ROOT / f"models/{name}.prototxt"), TRAIN)


def lying(net: Net) -> dict[str, torch.Tensor]:
    """Return inputs, each where its source lies."""
    pieces = [net.plan.pieces_of(top)[0] for source in net.graph.sources for top in source.tops]
    return {
        piece.content.name: torch.empty(lengths(piece.content.shape or ()), device=piece.device) for piece in pieces
    }


@pytest.mark.parametrize("name", [*NETS, *MODELS])
def test_what_is_copied_is_what_the_plan_lists(name: str) -> None:
    devices = [f"lazy:{index}" for index in range(NETS[name].devices if name in NETS else 2)]
    with FakeTensorMode():
        net = Net(of(name), devices=devices)
        inputs = lying(net)
        with Exchange() as forward:
            loss = net(inputs).loss
        with Exchange() as backward:
            loss.backward()
        with Exchange() as update:
            gradients = [tensor.grad for _, tensor in net.stored()]
            updater_of(net, PLAIN, keep_updates=True).step(gradients, rate=0.1, iteration=0)
    assert forward.copies == forth(net.plan)
    assert backward.copies == back(net.plan)
    assert update.operations
    assert not update.copies
    assert forward.mixed == backward.mixed == update.mixed == []


def test_tensors_of_two_devices_in_one_operation_are_seen() -> None:
    with FakeTensorMode(), Exchange() as seen:
        one, other = torch.ones(2, device="lazy:0"), torch.ones(2, device="lazy:1")
        torch._foreach_add_([one, other], [one, other])
        torch._foreach_add_([one, one], [one, other])
        torch._foreach_mul_([one, other], 2)
        other.copy_(one)
        one.to("lazy:1")
    assert seen.mixed == ["aten._foreach_add_.List on lazy:0 and lazy:1"]
    assert seen.copies == {("lazy:0", "lazy:1", (2,)): 2}
