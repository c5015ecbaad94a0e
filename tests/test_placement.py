"""No device attribute ever changes a number: what a net computes, learns and saves is the same on several devices."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netdef.errors import DefinitionError
from netdef.graph.graph import Graph
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.weights.file import save_weights
from netdef.weights.load import load_weights
from tests.graph.texts import graph
from tests.narrow_models import narrow
from tests.placed_nets import FOUR, MIXED, NETS, THREE
from tests.placing import Devices, assert_same, batch, passed, trained, whole

DOUBLE, SINGLE = torch.float64, torch.float32


def of(name: str) -> tuple[Graph, int]:
    """Return a net and on how many devices it lies."""
    return (graph(NETS[name].text), NETS[name].devices) if name in NETS else (narrow(name), 2)


@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE], ids=["float64", "float32"])
@pytest.mark.parametrize("name", [*NETS, "alexnet", "alexnet_paper", "alexnet_two_towers"])
def test_several_devices_compute_and_learn_what_one_does(name: str, dtype: torch.dtype, devices: Devices) -> None:
    net, count = of(name)
    real = devices(count)
    one, many = (Net(net, seed=3, dtype=dtype, **where) for where in ({"device": real[0]}, {"devices": real}))
    assert len({step.device for step in many.plan.computes}) == count
    inputs = batch(net, dtype, real[0])
    for iteration in range(2):
        expected, found = passed(one, inputs, iteration), passed(many, inputs, iteration)
        assert_same(vars(found), vars(expected), dtype)
    assert_same(whole(trained(many, inputs)), whole(trained(one, inputs)), dtype)
    assert_same(whole(many.pieces.values()), whole(one.pieces.values()), dtype)


@pytest.mark.parametrize("rule", ["Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"])
def test_every_rule_learns_the_same(rule: str) -> None:
    options = schema.SolverParameter(type=rule, momentum=0.9, rms_decay=0.9, delta=1e-3, clip_gradients=1, iter_size=2)
    if rule in ("AdaGrad", "RMSProp"):
        options.momentum = 0
    net = graph(MIXED.text)
    one, two = Net(net, dtype=DOUBLE), Net(net, dtype=DOUBLE, devices=["cpu:0", "cpu:1"])
    found, expected = (whole(trained(each, batch(net), options=options)) for each in (two, one))
    assert len(found) == len(net.parameters) * (2 if rule in ("Adam", "AdaDelta") else 1)
    assert_same(found, expected)
    assert_same(whole(two.pieces.values()), whole(one.pieces.values()))


def test_four_logical_devices_are_folded_onto_two_real_ones(devices: Devices) -> None:
    net, real = graph(FOUR.text), devices(2)
    folded, apart = Net(net, dtype=DOUBLE, devices=real), Net(net, dtype=DOUBLE, device=real[0])
    assert {step.device for step in folded.plan.computes} == set(real)
    assert max(step.count for step in folded.plan.computes) == 2  # parts that meet are one again
    inputs = batch(net, device=real[0])
    assert_same(vars(passed(folded, inputs)), vars(passed(apart, inputs)))


def test_what_divides_into_three_need_not_fold_onto_two() -> None:
    with pytest.raises(DefinitionError) as caught:
        Net(graph(THREE.text), devices=["cpu:0", "cpu:1"])
    found = caught.value.problems[0]
    assert found.message == 'layer "grouped" (Convolution): 3 groups straddle 2 devices'
    assert found.evidence == ("its devices 0, 1, 2 are folded onto cpu:0, cpu:1",)
    assert found.hint == "give 3 devices, or one"


def test_a_test_net_shares_what_the_train_net_has_in_pieces() -> None:
    two = ["cpu:0", "cpu:1"]
    train = Net(graph(MIXED.text), dtype=DOUBLE, devices=two)
    test = Net(graph(MIXED.text, phase=schema.TEST), dtype=DOUBLE, devices=two, share=train)
    trained(train, batch(train.graph))
    single = Net(graph(MIXED.text, phase=schema.TEST), dtype=DOUBLE)
    for mine, its in zip(single.pieces.values(), train.pieces.values(), strict=True):
        mine.fill(its.whole())
    inputs = batch(test.graph)
    assert_same(test(inputs).blobs, single(inputs).blobs)
    assert [tensor.data_ptr() for _, tensor in test.stored()] == [tensor.data_ptr() for _, tensor in train.stored()]


def test_kept_blobs_are_whole() -> None:
    net = graph(MIXED.text)
    names = [value.name for value in net.values()]
    one, two = Net(net, dtype=DOUBLE), Net(net, dtype=DOUBLE, devices=["cpu:0", "cpu:1"])
    inputs = batch(net)
    assert_same(two(inputs, keep=names).blobs, one(inputs, keep=names).blobs)


def test_blobs_are_given_whole_by_layer() -> None:
    net = graph(NETS["siamese in parts"].text)
    one, two = Net(net), Net(net, devices=["cpu:0", "cpu:1"])
    for layer in ("conv0", "conv1", "n0", "f1"):
        assert_same(two.blobs_of(layer), one.blobs_of(layer))


@pytest.mark.parametrize("name", [*NETS, "alexnet"])
@pytest.mark.parametrize("ending", ["caffemodel", "safetensors", "caffemodel.h5"])
def test_files_are_those_of_one_device(name: str, ending: str, tmp_path: Path) -> None:
    net, count = of(name)
    one, many = Net(net, seed=3), Net(net, seed=3, devices=[f"cpu:{index}" for index in range(count)])
    paths = tmp_path / f"one.{ending}", tmp_path / f"many.{ending}"
    for each, path in zip((one, many), paths, strict=True):
        save_weights(each, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    other = Net(net, seed=4, devices=many.plan.devices)
    assert not load_weights(other, str(paths[0])).kept
    assert_same(whole(other.pieces.values()), whole(one.pieces.values()))
