"""A pass that runs as it was recorded gives what the layers give one by one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from ctypes import Array, c_int64
from itertools import chain

import pytest
import torch
from torch import Tensor

from netdef.kernels.replay import CallList
from netdef.layers.sigmoid import Sigmoid
from netdef.module import parts
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.chains import IMAGES, NETS, convolution, maxima, product
from tests.compiled import kernels, needs_kernels
from tests.graph.texts import layer
from tests.nets import net, numbers

__all__ = ["kernels"]

LRN = layer("LRN", "n", "n2", "lrn_param { local_size: 3 }")
INCEPTION = (
    *(convolution("x", "s", "num_output: 16"), layer("ReLU", "s", "s", name="r")),
    *(convolution("s", "a", "num_output: 20"), convolution("s", "b", "num_output: 64")),
    *(layer("Concat", "a,b", "n"), LRN, layer("Dropout", "n2", "n2", name="drop")),
    *(maxima("kernel_size: 3 stride: 2", "n2"), convolution("p", "c", "num_output: 12")),
    *(layer("Sigmoid", "c", "q"), convolution("q", "d", "num_output: 16")),
    *(layer("Pooling", "d", "m", "pooling_param { pool: AVE global_pooling: true }"), product("m", "y")),
)
ALL = NETS | {"inception": INCEPTION}


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> list[CallList]:
    """The lists of calls that have run."""
    seen: list[CallList] = []
    run = CallList.run

    def count(calls: CallList, bases: Array[c_int64]) -> None:
        seen.append(calls)
        run(calls, bases)

    monkeypatch.setattr(CallList, "run", count)
    return seen


@pytest.fixture(params=[(parts.CACHE, 1), (20_000, 1), (1, 1), (parts.CACHE, 2), (20_000, 2), (10_000, 5)], ids=str)
def shares(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut lists for caches of so many bytes, and for so many threads."""
    cache, threads = request.param
    monkeypatch.setattr(parts, "CACHE", cache)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    yield
    torch.set_num_threads(before)


def deployed(*texts: str) -> Net:
    """Return a net with statistics."""
    found = net(IMAGES, *texts, phase=schema.TEST, weights_stay=True)
    for index, (parameter, tensor) in enumerate(found.stored()):
        if not parameter.learned:
            with torch.no_grad():
                tensor.copy_(numbers(*tensor.shape, seed=index).abs() + 0.5)
    return found


@torch.no_grad()
def outputs(found: Net, x: Tensor, *, fuse: bool = True) -> list[Tensor]:
    found.fuse = fuse
    return [*found({"x": x}).blobs.values()]


def check(found: Net, x: Tensor) -> None:
    for own, wanted in zip(outputs(found, x), outputs(found, x, fuse=False), strict=True):
        torch.testing.assert_close(own, wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max()))


@pytest.mark.parametrize("name", ALL)
def test_each_pass_gives_what_the_layers_give(name: str, kernels: str, shares: None) -> None:
    found = deployed(*ALL[name])
    for seed in range(3):
        check(found, numbers(10, 4, 7, 5, seed=seed))
        check(found, numbers(3, 4, 7, 5, seed=seed))


@needs_kernels
def test_the_third_pass_of_its_kind_runs_as_a_list(lists: list[CallList]) -> None:
    found = deployed(*INCEPTION)
    for passes in range(4):
        assert len(lists) == 2 * max(0, passes - 2)  # before the sigmoid, and between it and the product
        outputs(found, numbers(5, 4, 7, 5))


@needs_kernels
def test_what_is_returned_is_not_written_again(lists: list[CallList]) -> None:
    found = deployed(*INCEPTION[:5])
    first = [outputs(found, numbers(5, 4, 7, 5, seed=seed)) for seed in range(4)]
    copies = [[blob.clone() for blob in blobs] for blobs in first]
    outputs(found, numbers(5, 4, 7, 5, seed=5))
    assert lists
    assert all(map(torch.equal, chain.from_iterable(first), chain.from_iterable(copies)))


@needs_kernels
def test_new_weights_are_used(lists: list[CallList]) -> None:
    found, x = deployed(*INCEPTION), numbers(5, 4, 7, 5)
    for _ in range(3):
        outputs(found, x)
    ran = len(lists)
    assert ran
    with torch.no_grad():
        found.blobs_of("a")[0].mul_(2)
    for _ in range(3):
        check(found, x)
    assert len(lists) > ran


@needs_kernels
def test_a_copy_has_weights_of_its_own(lists: list[CallList]) -> None:
    found, x = deployed(*INCEPTION), numbers(5, 4, 7, 5)
    for _ in range(3):
        wanted = outputs(found, x)
    other = copy.deepcopy(found)
    with torch.no_grad():
        other.blobs_of("a")[0].zero_()
    for _ in range(3):
        check(other, x)
    assert all(map(torch.equal, outputs(found, x), wanted))
    del found
    check(other, x)


@needs_kernels
def test_hooks_and_kept_blobs_see_their_layers(lists: list[CallList]) -> None:
    found, x = deployed(*INCEPTION), numbers(5, 4, 7, 5)
    for _ in range(3):
        outputs(found, x)
    lists.clear()
    with torch.no_grad():
        assert "s" in found({"x": x}, keep=("s",)).blobs
    seen: list[Tensor] = []
    found.modules_of(1)[0].register_forward_hook(lambda module, given, made: seen.append(made[0]))
    check(found, x)
    assert not lists
    assert len(seen) == 2


@needs_kernels
def test_inputs_of_another_kind_are_recorded_anew(lists: list[CallList]) -> None:
    found = deployed(*INCEPTION)
    for _ in range(3):
        outputs(found, numbers(5, 4, 7, 5))
    ran = len(lists)
    check(found, numbers(5, 4, 9, 6))
    check(found, numbers(5, 4, 7, 5).contiguous(memory_format=torch.channels_last))
    assert len(lists) == ran


@needs_kernels
def test_a_net_whose_weights_may_change_unseen_is_not_recorded(lists: list[CallList]) -> None:
    found = net(IMAGES, *INCEPTION, phase=schema.TEST)
    for _ in range(4):
        check(found, numbers(5, 4, 7, 5))
    assert not lists


@needs_kernels
def test_a_blob_that_lies_otherwise_than_it_did_has_the_pass_run_step_by_step(
    lists: list[CallList], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, x = deployed(*INCEPTION), numbers(5, 4, 7, 5)
    for _ in range(3):
        outputs(found, x)
    ran = len(lists)
    monkeypatch.setattr(Sigmoid, "forward", lambda layer, ctx, params, x: (x.sigmoid().contiguous(),))
    check(found, x)
    assert len(lists) == ran + 1  # the list before it
