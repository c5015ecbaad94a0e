"""Groups with ``checkpoint: true``: the same numbers, state carried on once, and less that is kept for backward."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from netdef.net import Net, Pass
from tests.graph.texts import IMAGES, LABELS, layer
from tests.nets import LOSS, RANDOM, inputs, net, numbers, random_product

PLANES = 'layer { name: "planes" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 dim: 7 dim: 6 } } }'
GROUP = 'in_group: "g"'
ROWS = torch.tensor([7, 3, 11, 0, 2])


def convolution(bottom: str, top: str) -> str:
    options = f"convolution_param {{ num_output: 4 kernel_size: 3 pad: 1 {RANDOM} }} {GROUP}"
    return layer("Convolution", bottom, top, options)


def chain(checkpoint: str) -> Net:
    """Return a net most of whose layers are in a group."""
    return net(
        f'layer_group {{ name: "g" {checkpoint} }}',
        *(PLANES, LABELS, convolution("x", "a"), layer("BatchNorm", "a", "n", GROUP)),
        *(layer("ReLU", "n", "n", GROUP, "relu"), layer("Dropout", "n", "d", GROUP), convolution("d", "b")),
        *(layer("Eltwise", "b,d", "s", GROUP), layer("TanH", "s", "t", GROUP), random_product("t", "y"), LOSS),
        dtype=torch.float64,
    )


def forward(made: Net) -> Pass:
    labels = torch.tensor([0, 1, 2, 3, 1], dtype=torch.float64)
    blobs = {"x": numbers(5, 3, 7, 6, dtype=torch.float64), "label": labels}
    return made(blobs, rows=ROWS, iteration=4, keep=["n", "t"])  # type: ignore[no-any-return]


def kept_bytes(made: Net) -> int:
    """Return how much memory a forward pass keeps for the backward pass, parameters left out."""
    found: dict[int, int] = {}
    own = {parameter.untyped_storage().data_ptr() for parameter in made.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        result = forward(made)
    total = sum(found.values())
    del result
    return total


def statistics(made: Net) -> list[Tensor]:
    return [tensor.clone() for parameter, tensor in made.stored() if not parameter.learned]


def test_numbers_are_the_same() -> None:
    kept, recomputed = chain(""), chain("checkpoint: true")
    for made in (kept, recomputed):
        for _ in range(2):
            result = forward(made)
            result.loss.backward()  # type: ignore[no-untyped-call]
    assert torch.equal(forward(kept).loss, forward(recomputed).loss)
    for one, other in zip(kept.stored(), recomputed.stored(), strict=True):
        assert (one[1].grad is None) == (other[1].grad is None)
        if one[1].grad is not None and other[1].grad is not None:
            assert torch.equal(one[1].grad, other[1].grad)


def test_blobs_that_are_kept_are_there() -> None:
    one, other = forward(chain("")), forward(chain("checkpoint: true"))
    assert all(torch.equal(one.blobs[name], other.blobs[name]) for name in ("n", "t", "loss"))


def test_statistics_go_on_once() -> None:
    kept, recomputed = chain(""), chain("checkpoint: true")
    for made in (kept, recomputed):
        forward(made).loss.backward()  # type: ignore[no-untyped-call]
    before = statistics(recomputed)
    assert all(map(torch.equal, statistics(kept), before))
    assert any(tensor.any() for tensor in before)


def test_less_is_kept_for_the_backward_pass() -> None:
    whole, less = kept_bytes(chain("")), kept_bytes(chain("checkpoint: true"))
    assert less < 0.5 * whole


def test_layers_run_once_without_a_backward_pass_and_twice_with_one() -> None:
    made, calls = chain("checkpoint: true"), []
    made.steps[2].register_forward_hook(lambda *_: calls.append(torch.is_grad_enabled()))
    with torch.no_grad():
        forward(made)
    assert calls == [False]
    forward(made).loss.backward()  # type: ignore[no-untyped-call]
    assert len(calls) == 3


def test_a_pass_that_nobody_takes_back_is_freed() -> None:
    made = chain("checkpoint: true")
    result = forward(made)
    freed = weakref.ref(result.blobs["t"])
    del result
    gc.collect()
    assert freed() is None


def recurrent(checkpoint: str) -> Net:
    return net(
        f'layer_group {{ name: "g" {checkpoint} }}',
        'layer { name: "steps" type: "Input" top: "x" input_param { shape { dim: 4 dim: 2 dim: 3 } } }',
        'layer { name: "conts" type: "Input" top: "c" input_param { shape { dim: 4 dim: 2 } } }',
        layer("RNN", "x,c", "h", f"recurrent_param {{ num_output: 5 {RANDOM} }} {GROUP}"),
        layer("Reduction", "h", "loss", "reduction_param { operation: SUMSQ } loss_weight: 1"),
        dtype=torch.float64,
    )


def test_hidden_blobs_are_those_of_the_first_run() -> None:
    kept, recomputed = recurrent(""), recurrent("checkpoint: true")
    for made in (kept, recomputed):
        for seed in range(2):  # the second batch goes on from the hidden blobs of the first
            ones = torch.ones(4, 2, dtype=torch.float64)
            made({"x": numbers(4, 2, 3, seed=seed, dtype=torch.float64), "c": ones}).loss.backward()
    for (_, one), (_, other) in zip(kept.stored(), recomputed.stored(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.equal(one.grad, other.grad)


@pytest.mark.parametrize("count", [2, 3])
def test_micro_batches_are_recomputed_too(count: int) -> None:
    found = []
    for checkpoint in ("", "checkpoint: true"):
        made = net(
            f'layer_group {{ name: "g" {checkpoint} }}',
            *(IMAGES, LABELS, random_product("x", "a", 6, f'device: "0" {GROUP}')),
            *(layer("TanH", "a", "b", GROUP), layer("Dropout", "b", "d", f'device: "1" {GROUP}')),
            *(random_product("d", "y", 4, GROUP), LOSS),
            dtype=torch.float64,
            devices=["cpu:0", "cpu:1"],
            micro_batches=count,
        )
        made(inputs(torch.float64), rows=ROWS).loss.backward()
        found.append([tensor.grad for _, tensor in made.stored()])
    assert all(map(torch.equal, *found))
