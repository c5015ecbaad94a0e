"""A net whose layers run as one where it learns does what one whose layers do not does, step after step."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdef.layers.batch_norm import BatchNorm
from netdef.layers.convolution import Convolution
from netdef.module.joined_layers import JoinedLayers
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.chains import BN, IMAGES, NETS, RELU, SCALE, VOLUMES, C, convolution, maxima, product, scale
from tests.graph.texts import graph, layer
from tests.nets import net, numbers

GROUP = 'layer_group { name: "g" %s }'
SUM = layer("Eltwise", "c,x", "y"), layer("ReLU", "y", "y", name="r2")


def inside(*texts: str) -> tuple[str, ...]:
    return tuple(text.replace("{ name", '{ in_group: "g" name', 1) for text in texts)


LEARNING = {
    **{name: texts for name, texts in NETS.items() if name != "sum of a view"},
    "statistics given": (C, BN.replace("bottom", "batch_norm_param { use_global_stats: true } bottom", 1), SCALE, RELU),
    "eps, fraction": (
        *(C, layer("BatchNorm", "c", "c", "batch_norm_param { eps: 0.5 moving_average_fraction: 0.25 }", "bn")),
        *(SCALE, *SUM),
    ),
    "recomputed": (GROUP % "checkpoint: true", C, *inside(BN, SCALE, RELU), convolution("c", "d")),
    "recomputed in part": (GROUP % "checkpoint: true", *inside(C, BN, SCALE), RELU, *SUM),
    "frozen": (GROUP % "freeze: true", *inside(C, BN, SCALE), RELU, convolution("c", "d")),
    "nothing goes down to the scale": (C, BN, SCALE.replace("type", "propagate_down: false type", 1), RELU),
    "nothing goes down to the relu": (
        *(C, BN, SCALE, RELU.replace("type", "propagate_down: false type", 1)),
        *(convolution("c", "d"), layer("BatchNorm", "d", "d", name="bm"), layer("Eltwise", "c,d", "y")),
    ),
    "nothing goes down to one of the sum": (
        *(C, BN, SCALE, convolution("x", "d")),
        layer("Eltwise", "d,c", "y", "propagate_down: true propagate_down: false"),
    ),
    "normalized twice": (C, BN, layer("BatchNorm", "c", "c", name="bm"), SCALE, RELU),
    "shared statistics": (
        *(C, convolution("x", "d")),
        layer(
            "BatchNorm",
            "c",
            "c",
            'param { name: "m" lr_mult: 0 } param { name: "v" lr_mult: 0 } param { name: "f" lr_mult: 0 }',
            "bn",
        ),
        layer(
            "BatchNorm",
            "d",
            "d",
            'param { name: "m" lr_mult: 0 } param { name: "v" lr_mult: 0 } param { name: "f" lr_mult: 0 }',
            "bm",
        ),
        *(layer("Eltwise", "c,d", "y"), RELU),
    ),
    "shared scale": (
        *(C, BN, SCALE.replace("type", 'param { name: "s" } param { name: "t" } type', 1), RELU),
        *(convolution("c", "d"), layer("BatchNorm", "d", "e")),
        scale("e", "e", "s2").replace("type", 'param { name: "s" } param { name: "t" } type', 1),
    ),
    "maxima of a sum": (C, *SUM, maxima("kernel_size: 2 stride: 1", "y")),
    "one value a channel": (product("x", "c"), BN, SCALE, RELU),
}


def pair(*texts: str, phase: schema.Phase = schema.TRAIN, **options: Any) -> tuple[Net, Net]:
    """Return two nets with the same weights, the second of which runs each layer by itself."""
    outputs = [value.name for value in graph(*texts).outputs]
    losses = [layer("Power", name, f"{name} squared", "power_param { power: 2 } loss_weight: 0.5") for name in outputs]
    both = [net(*texts, *losses, phase=phase, **{"dtype": torch.float64, **options}) for _ in range(2)]
    for found in both:
        for index, (parameter, tensor) in enumerate(found.stored()):
            if not parameter.learned:
                tensor.data.copy_(numbers(*tensor.shape, seed=index).abs() + 0.5)
    both[1].fuse = False
    return both[0], both[1]


def learn(found: Net, x: Tensor, *keep: str) -> tuple[dict[str, Tensor], list[Tensor]]:
    """Take a step down, and return the blobs, then all gradients and parameters."""
    result = found({"x": x}, keep=keep)
    leaves = [tensor for _, tensor in found.stored() if tensor.requires_grad]
    gradients = torch.autograd.grad(result.loss, leaves, allow_unused=True, materialize_grads=True) if leaves else ()
    with torch.no_grad():
        for leaf, gradient in zip(leaves, gradients, strict=True):
            leaf -= 0.01 * gradient
    return result.blobs, [*gradients, *(tensor.detach().clone() for _, tensor in found.stored())]


def check(both: tuple[Net, Net], x: Tensor, *keep: str) -> None:
    """Compare three steps of both nets."""
    before, within = x.clone(), {torch.float64: (1e-9, 1e-11), torch.float32: (2e-4, 2e-4)}[x.dtype]
    for _ in range(3):
        (own, own_tensors), (wanted, wanted_tensors) = (learn(found, x, *keep) for found in both)
        torch.testing.assert_close(own, wanted, rtol=within[0], atol=within[1])
        torch.testing.assert_close(own_tensors, wanted_tensors, rtol=within[0], atol=within[1])
    assert torch.equal(x, before)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of what has run as one: all that the chain reads blobs of, the first layer's name first."""
    seen: list[list[str]] = []
    run = JoinedLayers.run

    def count(chain: JoinedLayers, *given: Any) -> tuple[Tensor, ...]:
        seen.append([chain.step.node.name, chain.step.tops[0].content.producer.name])  # type: ignore[union-attr]
        return run(chain, *given)

    monkeypatch.setattr(JoinedLayers, "run", count)
    return seen


@pytest.mark.parametrize("name", LEARNING)
def test_layers_that_run_as_one_learn_the_same(name: str) -> None:
    check(pair(IMAGES, *LEARNING[name]), numbers(1 if "one value" in name else 2, 4, 7, 5, dtype=torch.float64))


@pytest.mark.parametrize("name", ["chain", "residual", "two branches", "products", "slope"])
def test_single_precision_and_other_memory_layouts_learn_the_same(name: str) -> None:
    check(pair(IMAGES, *NETS[name], dtype=torch.float32), numbers(2, 4, 7, 5))
    check(pair(IMAGES, *NETS[name], channels_last=False), numbers(2, 4, 7, 5, dtype=torch.float64))


@pytest.mark.parametrize("name", ["chain", "residual", "batch norm first"])
def test_a_net_of_phase_test_that_learns_learns_the_same(name: str, runs: list[list[str]]) -> None:
    check(pair(IMAGES, *NETS[name], phase=schema.TEST), numbers(2, 4, 7, 5, dtype=torch.float64))
    assert runs


def test_volumes_and_an_empty_batch_learn_the_same() -> None:
    check(pair(VOLUMES, *NETS["chain"]), numbers(2, 4, 3, 7, 5, dtype=torch.float64))
    check(pair(IMAGES, *NETS["residual"]), numbers(0, 4, 7, 5, dtype=torch.float64))


def test_an_input_gets_its_gradient_and_keeps_its_numbers() -> None:
    both = pair("force_backward: true", IMAGES, layer("BatchNorm", "x", "c"), SCALE, *SUM)
    found = []
    for each in both:
        x = numbers(2, 4, 7, 5, dtype=torch.float64).requires_grad_()
        each({"x": x}).loss.backward()
        found.append(x.grad)
    torch.testing.assert_close(*found)


def test_statistics_over_several_workers_are_asked_for() -> None:
    def moments(x: Tensor) -> tuple[Tensor, Tensor, int]:
        return x.mean((0, 2, 3)) + 1, x.var((0, 2, 3)) + 2, 99

    both = pair(IMAGES, C, BN, SCALE, RELU)
    for found in both:
        for module in found.steps:
            if isinstance(module.step.layer, BatchNorm):
                module.step.layer.moments = moments
    check(both, numbers(2, 4, 7, 5, dtype=torch.float64))


@pytest.mark.parametrize("keep", [("c",), ("b",), ("s", "x"), ("c", "b", "s", "r")])
def test_a_blob_that_is_asked_for_has_its_own_numbers(keep: tuple[str, ...]) -> None:
    both, x = pair(IMAGES, *NETS["own names"]), numbers(2, 4, 7, 5, dtype=torch.float64)
    check(both, x)
    check(both, x, *keep)
    check(both, x)


@pytest.mark.parametrize("watched", ["bn", "s", "r"])
@pytest.mark.parametrize("register", ["register_forward_hook", "register_full_backward_hook"])
def test_hooks_see_the_true_numbers(watched: str, register: str) -> None:
    both, x = pair(IMAGES, C, BN, SCALE, RELU), numbers(2, 4, 7, 5, dtype=torch.float64)
    seen: list[list[Tensor]] = [[], []]
    for found, own in zip(both, seen, strict=True):
        module = next(module for module in found.steps if module.node.name == watched)

        def hook(module: nn.Module, given: tuple[object, ...], made: tuple[Tensor], own: list[Tensor] = own) -> None:
            own.extend(each for each in (*given, *made) if isinstance(each, Tensor))

        getattr(module, register)(hook)
    check(both, x)
    assert len(seen[0]) >= 3
    torch.testing.assert_close(*seen)


def test_what_runs_as_one(runs: list[list[str]]) -> None:
    found = net(IMAGES, *NETS["residual"])
    found({"x": numbers(2, 4, 7, 5)})
    assert runs == [["bn", "r"]]


@pytest.mark.parametrize("batch", [1, 3])
def test_a_rectifier_writes_over_what_is_no_view(batch: int) -> None:
    result = net("force_backward: true", IMAGES, C, RELU)({"x": numbers(batch, 4, 7, 5)}).blobs["c"]
    assert "Relu" in type(result.grad_fn).__name__
    assert result._base is None
    assert result._version == 1


class Turned(torch.autograd.Function):
    """What it is given, as a view that autograd lets nobody write to."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1).clone().permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return gradients[0]


@pytest.mark.parametrize("name", ["slope", "residual", "bias"])
def test_views_are_not_written_over(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    convolve = Convolution.linear

    def turned(*given: Any) -> Tensor:
        return Turned.apply(convolve(*given))  # type: ignore[no-any-return, no-untyped-call]

    monkeypatch.setattr(Convolution, "linear", turned)
    check(pair(IMAGES, *NETS[name]), numbers(2, 4, 7, 5, dtype=torch.float64))
    check(pair(IMAGES, C, RELU, layer("Eltwise", "c,x", "y")), numbers(2, 4, 7, 5, dtype=torch.float64))
    check(pair(IMAGES, C, layer("Eltwise", "c,x", "y")), numbers(2, 4, 7, 5, dtype=torch.float64))


def test_a_repeated_run_is_equal_to_the_last_bit() -> None:
    x = numbers(2, 4, 7, 5)
    again = (pair(IMAGES, *NETS["residual"], dtype=torch.float32)[0] for _ in range(2))
    runs = [[learn(found, x)[1] for _ in range(3)] for found in again]
    for first, second in zip(*runs, strict=True):
        assert all(map(torch.equal, first, second))
