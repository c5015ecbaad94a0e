from __future__ import annotations

import math

import pytest
import torch

from netdef.module.probe import Probe, mean_absolute
from tests.graph.texts import layer
from tests.nets import inputs, net, random_product

DATA = layer("Input", "", "x,label", "input_param { shape { dim: 5 dim: 3 } shape { dim: 5 } }", name="data")
SHARED = 'param { name: "w" } param { lr_mult: 0 }'
TEXTS = (
    DATA,
    random_product("x", "a", 3, SHARED),
    layer("TanH", "a", "a", name="tanh"),
    random_product("a", "b", 3, SHARED),
    layer("Eltwise", "a,b", "y"),
    layer("SoftmaxWithLoss", "y,label", "loss"),
)


def test_it_keeps_what_each_layer_makes_and_the_share_of_each_reader_and_user() -> None:
    own, probe = net(*TEXTS), Probe()
    data, first, tanh, second, total, loss = own.graph.nodes
    with probe.watching(own.steps):
        own(inputs() | {"label": torch.tensor([0.0, 1, 2, 0, 1])}).loss.backward()
    assert list(probe.tops) == [*data.tops, *first.tops, *tanh.tops, *second.tops, *total.tops, *loss.tops]
    assert set(probe.bottom_gradients) == {(tanh, 0), (second, 0), (total, 0), (total, 1), (loss, 0)}
    assert probe.bottom_gradients[total, 0] != probe.top_gradients[tanh.tops[0]]
    assert probe.bottom_gradients[tanh, 0] == probe.top_gradients[first.tops[0]]
    assert set(probe.parameter_gradients) == {(first, 0), (second, 0)}
    weights = next(tensor for parameter, tensor in own.tensors.items() if parameter.name == "w")
    assert weights.grad is not None
    both = probe.parameter_gradients[first, 0] + probe.parameter_gradients[second, 0]
    torch.testing.assert_close(weights.grad, both)
    probe.forget()
    assert not any((probe.tops, probe.top_gradients, probe.bottom_gradients, probe.parameter_gradients))


def test_a_layer_that_fails_has_its_parameters_back() -> None:
    own = net(*TEXTS)
    before = dict(own.named_parameters())
    with Probe().watching(own.steps), pytest.raises(RuntimeError, match="must have the same dtype"):
        own({"x": torch.zeros(5, 3, dtype=torch.float64), "label": torch.zeros(5)})
    assert all(parameter is before[name] for name, parameter in own.named_parameters())


def test_a_pass_without_gradients_gives_tops_alone() -> None:
    own, probe = net(*TEXTS), Probe()
    with probe.watching(own.steps), torch.no_grad():
        own(inputs() | {"label": torch.zeros(5)})
    assert len(probe.tops) == 7
    assert not probe.bottom_gradients


def test_gradients_that_are_asked_for_come_to_the_data_too() -> None:
    probe, own = Probe(), net("force_backward: true", *TEXTS)
    with probe.watching(own.steps):
        own(inputs() | {"label": torch.zeros(5)}).loss.backward()
    assert float(probe.bottom_gradients[own.graph.nodes[1], 0]) > 0


def test_what_runs_again_for_the_backward_pass_is_seen_too() -> None:
    found = []
    for kept in ("", 'in_group: "again"'):
        group = 'layer_group { name: "again" checkpoint: true }'
        texts = [
            text.replace('name: "a"', f'name: "a" {kept}').replace('name: "b"', f'name: "b" {kept}') for text in TEXTS
        ]
        own, probe = net(group, *texts), Probe()
        with probe.watching(own.steps):
            own(inputs() | {"label": torch.zeros(5)}).loss.backward()
        found.append(
            [
                float(mean_absolute(gradient))
                for _, gradient in sorted(probe.parameter_gradients.items(), key=lambda pair: pair[0][0].index)
            ]
        )
    assert found[0] == pytest.approx(found[1])
    assert len(found[0]) == 2


def test_means() -> None:
    assert float(mean_absolute(torch.tensor([[1.0, -4], [0, 3]]))) == 2
    assert math.isnan(mean_absolute(torch.zeros(0)))
    assert mean_absolute(torch.tensor([-math.inf, 1])) == math.inf
    assert mean_absolute(torch.tensor([-2.0, 1], dtype=torch.bfloat16)).dtype == torch.float32
