"""A net whose layers run as one gives the numbers of one whose layers do not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from netdef.module import fused_chain
from netdef.module.folded import folded
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.updater import Updater
from tests.graph.texts import layer
from tests.nets import net, numbers

IMAGES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 7 dim: 5 } } }'
VOLUMES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 3 dim: 7 dim: 5 } } }'


def convolution(bottom: str, top: str, options: str = "", name: str = "") -> str:
    common = 'kernel_size: 3 pad: 1 weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
    outputs = "" if "num_output" in options else "num_output: 4"
    return layer("Convolution", bottom, top, f"convolution_param {{ {outputs} {common} {options} }}", name)


def product(bottom: str, top: str, options: str = "") -> str:
    filler = 'weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
    return layer("InnerProduct", bottom, top, f"inner_product_param {{ num_output: 6 {filler} {options} }}")


def scale(bottom: str, top: str, name: str, options: str = "bias_term: true") -> str:
    return layer("Scale", bottom, top, f'scale_param {{ filler {{ type: "uniform" min: -2 }} {options} }}', name)


C = convolution("x", "c")
BN, SCALE, RELU = layer("BatchNorm", "c", "c", name="bn"), scale("c", "c", "s"), layer("ReLU", "c", "c", name="r")
NETS = {
    "chain": (C, BN, SCALE, RELU),
    "no bias": (convolution("x", "c", "bias_term: false"), BN, scale("c", "c", "s", ""), RELU),
    "own names": (C, layer("BatchNorm", "c", "b"), scale("b", "s", "s"), layer("ReLU", "s", "r")),
    "groups, stride, dilation": (convolution("x", "c", "group: 2 stride: 2 dilation: 2"), BN, SCALE, RELU),
    "depthwise": (convolution("x", "c", "group: 4"), BN, RELU),
    "batch norm alone": (layer("BatchNorm", "x", "y"),),
    "batch norm first": (layer("BatchNorm", "x", "c"), SCALE, RELU),
    "scale first": (scale("x", "c", "s"), layer("Bias", "c", "c", name="b"), BN, RELU),
    "bias": (C, layer("Bias", "c", "c", 'bias_param { filler { type: "uniform" } }', "b"), RELU),
    "slope": (C, layer("ReLU", "c", "c", "relu_param { negative_slope: 0.1 }", "r")),
    "two consumers": (C, layer("BatchNorm", "c", "b"), layer("ReLU", "c", "r")),
    "output inside": (C, layer("BatchNorm", "c", "b", "loss_weight: 1"), layer("ReLU", "b", "r")),
    "same twice": (C, layer("Eltwise", "c,c", "y"), layer("ReLU", "y", "y", name="r")),
    "residual": (C, BN, SCALE, layer("Eltwise", "x,c", "y"), layer("ReLU", "y", "y", name="r")),
    "residual read again": (
        *(C, BN, layer("Eltwise", "c,x", "y"), layer("ReLU", "y", "r")),
        *(convolution("r", "d"), layer("Eltwise", "d,r", "e"), layer("ReLU", "e", "e", name="f")),
    ),
    "two branches": (
        *(C, BN, convolution("x", "d"), layer("BatchNorm", "d", "d", name="bn2"), layer("Eltwise", "c,d", "y")),
        layer("ReLU", "y", "y", name="r"),
    ),
    "sum of a view": (layer("Split", "x", "v,w"), convolution("v", "c"), layer("Eltwise", "w,c", "y")),
    "products": (product("x", "c"), BN, SCALE, RELU, product("c", "y")),
    "transposed": (product("x", "c", "transpose: true"), BN, RELU),
    "product without bias": (product("x", "c", "bias_term: false"), RELU),
    "more weights than numbers": (convolution("x", "c", "num_output: 90"), BN, SCALE, RELU),
    "shared kernels": (
        convolution("x", "c").replace("bottom", 'param { name: "w" } param { name: "v" } bottom', 1),
        *(BN, SCALE, RELU),
        convolution("c", "d").replace("bottom", 'param { name: "w" } param { name: "v" } bottom', 1),
    ),
}


def made(*texts: str, **options: Any) -> Net:
    """Return a net with statistics, in phase TEST."""
    found = net(*texts, phase=schema.TEST, **{"weights_stay": "share" not in options, **options})
    for index, (parameter, tensor) in enumerate(found.stored()):
        if not parameter.learned:
            with torch.no_grad():
                tensor.copy_(numbers(*tensor.shape, seed=index).abs() + 0.5)
    return found


def blobs(found: Net, x: Tensor, *, fuse: bool, keep: tuple[str, ...] = ()) -> dict[str, Tensor]:
    found.fuse = fuse
    with torch.no_grad():
        result: dict[str, Tensor] = found({"x": x}, keep=keep).blobs
    return result


def check(found: Net, x: Tensor, *keep: str) -> None:
    """Compare what a net gives if layers run as one with what it gives if they do not."""
    before = x.clone()
    wanted, own = blobs(found, x, fuse=False, keep=keep), blobs(found, x, fuse=True, keep=keep)
    assert list(own) == list(wanted)
    for name in wanted:
        torch.testing.assert_close(own[name], wanted[name], rtol=1e-5, atol=1e-5 if x.dtype == torch.float32 else 1e-14)
    assert torch.equal(x, before)


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("name", NETS)
def test_layers_that_run_as_one_give_the_same_numbers(name: str, remembers: bool) -> None:
    found = made(IMAGES, *NETS[name])
    tested = found if remembers else made(IMAGES, *NETS[name], share=found)
    check(tested, numbers(2, 4, 7, 5))
    check(tested, numbers(3, 4, 7, 5, seed=1))  # what was laid out for another batch


@pytest.mark.parametrize("name", NETS)
def test_torch_s_public_operators_give_the_same_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fused_chain, "packed", lambda *given: None)
    check(made(IMAGES, *NETS[name]), numbers(2, 4, 7, 5))


@pytest.mark.parametrize("name", ["chain", "residual", "products", "batch norm first", "transposed"])
def test_float64_and_other_memory_layouts_give_the_same_numbers(name: str) -> None:
    check(made(IMAGES, *NETS[name], dtype=torch.float64), numbers(2, 4, 7, 5, dtype=torch.float64))
    check(made(IMAGES, *NETS[name], channels_last=False), numbers(2, 4, 7, 5))


def test_volumes_and_an_empty_batch_are_convolved_too() -> None:
    check(made(VOLUMES, *NETS["chain"]), numbers(2, 4, 3, 7, 5))
    check(made(IMAGES, *NETS["chain"]), numbers(0, 4, 7, 5))


@pytest.mark.parametrize("keep", [("c",), ("b",), ("s", "x"), ("c", "b", "s", "r")])
def test_a_blob_between_layers_is_there_if_it_is_asked_for(keep: tuple[str, ...]) -> None:
    found = made(IMAGES, *NETS["own names"])
    check(found, numbers(2, 4, 7, 5))
    check(found, numbers(2, 4, 7, 5), *keep)
    check(found, numbers(2, 4, 7, 5))


def test_a_number_that_is_none_stays_none() -> None:
    found, x = made(IMAGES, C, RELU), numbers(2, 4, 7, 5)
    x[1, 2, 3, 4] = torch.nan
    places = blobs(found, x, fuse=True)["c"].isnan()
    assert torch.equal(places, blobs(found, x, fuse=False)["c"].isnan())
    assert places.any()


@pytest.mark.parametrize("name", ["chain", "residual", "batch norm first", "products", "own names"])
def test_weights_that_change_are_followed(name: str) -> None:
    found, x = made(IMAGES, *NETS[name]), numbers(2, 4, 7, 5)
    for index in range(len(found.stored())):
        before = blobs(found, x, fuse=True)
        with torch.no_grad():
            found.stored()[index][1].mul_(1.5).add_(0.25)
        check(found, x)
        assert any(not torch.equal(tensor, before[blob]) for blob, tensor in blobs(found, x, fuse=True).items())


def test_a_tensor_put_in_place_of_another_is_followed() -> None:
    found, x = made(IMAGES, C, BN, RELU), numbers(2, 4, 7, 5)
    before = blobs(found, x, fuse=True)["c"]
    module = next(module for module in found.steps if module.node.name == "c")
    module.blob_0.data = numbers(4, 4, 3, 3, seed=5)
    check(found, x)
    assert not torch.equal(blobs(found, x, fuse=True)["c"], before)
    found.to(torch.float64)
    check(found, x.double())


def test_writes_that_torch_does_not_count_are_followed_unless_weights_are_promised_to_stay() -> None:
    found, x = made(IMAGES, C, BN, RELU, weights_stay=False), numbers(2, 4, 7, 5)
    before = blobs(found, x, fuse=True)["c"]
    found.blobs_of("c")[0].data.mul_(2)
    found.blobs_of("bn")[0].numpy()[0] += 1
    check(found, x)
    assert not torch.equal(blobs(found, x, fuse=True)["c"], before)


def test_weights_are_multiplied_once_until_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def count(*given: Any) -> object:
        calls.append(given[0])
        return folded(*given)

    monkeypatch.setattr(fused_chain, "folded", count)
    found, x = made(IMAGES, C, BN, SCALE, RELU), numbers(2, 4, 7, 5)
    for _ in range(3):
        blobs(found, x, fuse=True)
    assert len(calls) == 1
    with torch.no_grad():
        found.blobs_of("bn")[0].add_(1)
    blobs(found, x, fuse=True)
    assert len(calls) == 2


def test_a_net_made_in_inference_mode_runs() -> None:
    with torch.inference_mode():
        found = made(IMAGES, C, BN, SCALE, RELU)
        check(found, numbers(2, 4, 7, 5))


def test_a_net_that_shares_weights_follows_a_solver_whose_kernels_torch_does_not_count() -> None:
    train = net(IMAGES, *NETS["chain"])
    owner, sharer = made(IMAGES, *NETS["chain"]), made(IMAGES, *NETS["chain"], share=train)
    x = numbers(2, 4, 7, 5)
    for found, learner in ((sharer, train), (owner, owner)):
        blobs(found, x, fuse=True)
        tensors = [tensor for parameter, tensor in learner.stored() if parameter.learned]
        ones = [torch.ones(len(tensors))] * 2
        solver = schema.SolverParameter(momentum=0.5)
        Updater(solver, tensors, *(list(map(float, each)) for each in ones)).step(
            [torch.ones_like(tensor) for tensor in tensors], rate=0.5, iteration=0
        )
        check(found, x)
