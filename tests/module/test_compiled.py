from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.module.compiled import compile_training, refuse_machine
from netdef.module.precision import Precision, compute_in
from netdef.net import Net
from tests.graph.texts import layer
from tests.placed_nets import MIXED
from tests.recurrent import register
from tests.ways import SOURCE, TEXTS, batch, learn, made, state

# Torch's own words, when it is asked to compile.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

# All of the compiler but the writing of code, which takes half a minute.
TRACED = partial(torch.compile, fullgraph=True, dynamic=False, backend="aot_eager")


def traced(net: Net) -> Net:
    compile_training(net, TRACED)
    return net


def same(net: Net, other: Net) -> None:
    for mine, its in zip(state(net), state(other), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("with_rows", [True, False])
def test_a_compiled_net_learns_the_same(with_rows: bool) -> None:
    plain, compiled = made(), traced(made())
    assert learn(compiled, 4, with_rows=with_rows) == pytest.approx(learn(plain, 4, with_rows=with_rows))
    same(compiled, plain)


def test_layers_that_are_computed_again_are_compiled_too() -> None:
    group = 'layer_group { name: "g" checkpoint: true }'
    texts = (group, *(text.replace('type: "BatchNorm"', 'type: "BatchNorm" in_group: "g"') for text in TEXTS))
    plain, compiled = made(), traced(made(*texts))
    assert learn(compiled, 3) == pytest.approx(learn(plain, 3))
    same(compiled, plain)


def test_a_batch_of_another_shape_is_compiled_anew() -> None:
    plain, compiled = made(), traced(made())
    for records in (6, 4, 6):
        assert learn(compiled, 2, records=records) == pytest.approx(learn(plain, 2, records=records))


def test_outputs_have_their_names_and_no_history() -> None:
    net = traced(made(*TEXTS, layer("Power", "y", "a", "power_param { scale: 2 }")))
    plain = made(*TEXTS, layer("Power", "y", "a", "power_param { scale: 2 }"))
    found, wanted = (each(batch(), rows=torch.arange(6)) for each in (net, plain))
    assert list(found.blobs) == list(wanted.blobs) == ["a", "loss"]
    assert not any(blob.requires_grad for blob in found.blobs.values())
    torch.testing.assert_close(found.blobs["a"], wanted.blobs["a"].detach())


def test_hidden_blobs_go_from_pass_to_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    texts = (SOURCE, layer("Remembering", "x", "h"), layer("Reduction", "h", "loss", "loss_weight: 1"))
    plain, compiled = made(*texts), traced(made(*texts))
    assert learn(compiled, 3) == pytest.approx(learn(plain, 3))
    same(compiled, plain)


def test_other_ways_are_compiled_with_it() -> None:
    plain, compiled = made(), made()
    for net in (plain, compiled):
        compute_in(Precision.BF16, net)
    assert learn(traced(compiled), 3) == pytest.approx(learn(plain, 3), rel=1e-3)


def test_passes_without_gradients_and_those_that_keep_blobs_run_as_they_are() -> None:
    def refuse(function: Callable[..., list[Tensor]]) -> Callable[..., list[Tensor]]:
        raise AssertionError("compiled")

    net = made()
    compile_training(net, refuse)
    with torch.no_grad():
        net(batch())
    assert "c" in net(batch(), keep=["c"]).blobs
    with pytest.raises(AssertionError, match="compiled"):
        net(batch())


def test_a_net_on_several_devices_is_refused() -> None:
    with pytest.raises(UsageError, match="compile: the net lies on several devices") as refused:
        compile_training(made(MIXED.text, devices=["cpu:0", "cpu:1"]))
    assert "leave out compile" in str(refused.value)


def test_a_layer_that_works_beside_torch_is_refused() -> None:
    with pytest.raises(UsageError, match=r'layer "f" \(Filter\) works beside torch'):
        compile_training(made(SOURCE, layer("Filter", "x,label", "f")))


def test_a_machine_without_a_compiler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match=r"there is no g\+\+ or clang\+\+\n    install one, or leave out compile"):
        refuse_machine(torch.device("cpu"))
    monkeypatch.setenv("CXX", "none-such")
    with pytest.raises(UsageError, match="CXX is none-such, which is not there"):
        refuse_machine(torch.device("cpu"))


def test_a_machine_without_triton_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="needs triton for GPUs, which is not installed"):
        refuse_machine(torch.device("cuda"))


def test_what_the_compiler_says_is_passed_on() -> None:
    def backend(graph: object, inputs: object) -> Callable[..., object]:
        raise ValueError("no code today")

    net = made()
    compile_training(net, partial(torch.compile, fullgraph=True, dynamic=False, backend=backend))
    with pytest.raises(UsageError, match=r"torch cannot compile the net: .*no code today") as refused:
        net(batch())
    assert "leave out compile" in str(refused.value)


def test_a_gpu_learns_the_same_compiled(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    net = made(device="cuda")
    compile_training(net)
    assert learn(net, 4) == pytest.approx(learn(made(), 4), rel=1e-4)
