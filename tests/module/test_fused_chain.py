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
from tests.chains import BN, IMAGES, NETS, RELU, SCALE, VOLUMES, C
from tests.nets import net, numbers


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
    monkeypatch.setattr(fused_chain, "prepared", lambda *given: None)
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
