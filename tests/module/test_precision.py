from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.module.precision import Precision, casting, compute_in
from netdef.net import Net
from tests.ways import TEXTS, batch, learn, made, state

HALVES = {Precision.BF16: torch.bfloat16, Precision.FP16: torch.float16}


def computing_in(precision: Precision) -> Net:
    net = made()
    compute_in(precision, net)
    return net


def test_float32_leaves_a_net_as_it_is() -> None:
    net = computing_in(Precision.FP32)
    assert net.ways == ()
    assert learn(net, 2) == learn(made(), 2)


@pytest.mark.parametrize("precision", HALVES)
def test_products_are_rounded_and_what_is_learned_is_not(precision: Precision) -> None:
    net = computing_in(precision)
    result = net(batch(), rows=torch.arange(6), keep=["c", "y", "loss"])
    assert {result.blobs[name].dtype for name in ("c", "y")} == {HALVES[precision]}
    assert {result.loss.dtype, result.blobs["loss"].dtype} == {torch.float32}
    result.loss.backward()
    tensors = [*net.parameters(), *net.buffers(), *(parameter.grad for parameter in net.parameters())]
    assert {tensor.dtype for tensor in tensors if tensor is not None} == {torch.float32}


@pytest.mark.parametrize("precision", HALVES)
def test_a_net_learns_nearly_what_it_learns_in_float32(precision: Precision) -> None:
    exact, rounded = made(), computing_in(precision)
    wanted, found = learn(exact, 5), learn(rounded, 5)
    assert found != wanted
    assert found == pytest.approx(wanted, rel=0.02)
    for mine, its in zip(state(rounded), state(exact), strict=True):
        torch.testing.assert_close(mine, its, rtol=0.05, atol=0.02)


def test_layers_that_add_up_are_given_float32() -> None:
    net, seen = computing_in(Precision.BF16), list[Tensor]()
    (loss,) = (module for module in net.steps if module.node.name == "loss")
    loss.register_forward_pre_hook(lambda _, given: seen.extend(given[1:]))
    net(batch())
    assert [tensor.dtype for tensor in seen] == [torch.float32, torch.float32]


def test_the_context_ends_with_its_block() -> None:
    with casting(Precision.BF16, torch.device("cpu")):
        assert torch.is_autocast_enabled("cpu")
        assert torch.get_autocast_dtype("cpu") == torch.bfloat16
    assert not torch.is_autocast_enabled("cpu")
    with casting(Precision.FP32, torch.device("cpu")):
        assert not torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize("precision", Precision)
def test_kernels_elsewhere_than_on_a_cpu_lie_with_channels_last_for_16_bits(precision: Precision) -> None:
    net = Net(made().graph, device="meta")
    compute_in(precision, net)
    (kernels,) = (parameter for parameter in net.parameters() if parameter.dim() == 4)
    assert kernels.is_contiguous(memory_format=torch.channels_last) is (precision is not Precision.FP32)
    source = net.steps[0]
    assert source.channels_last_on_gpu is (precision is not Precision.FP32)


def test_a_gpu_learns_nearly_the_same(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    for precision in HALVES:
        net = made(*TEXTS, device="cuda")
        compute_in(precision, net)
        assert learn(net, 5) == pytest.approx(learn(made(), 5), rel=0.02)
