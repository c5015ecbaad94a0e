from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
import torch
from torch import Tensor

from netdef.layers.base import Context
from netdef.module.fused_chain import FusedChain
from netdef.module.joined_layers import JoinedLayers
from netdef.module.values import Values
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, layer
from tests.nets import inputs, net, random_product

CHAIN = (IMAGES, random_product("x", "a"), layer("ReLU", "a", "b"), random_product("b", "y"))
BOTH = 'device: "0" device: "1"'


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[FusedChain]:
    """The chains that have run."""
    seen: list[FusedChain] = []
    run: Callable[[FusedChain, Values], Tensor] = FusedChain.run

    def count(chain: FusedChain, values: Values) -> Tensor:
        seen.append(chain)
        return run(chain, values)

    monkeypatch.setattr(FusedChain, "run", count)
    return seen


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> list[JoinedLayers]:
    """The chains that have run in passes with gradients."""
    seen: list[JoinedLayers] = []
    run: Callable[..., tuple[Tensor, ...]] = JoinedLayers.run

    def count(chain: JoinedLayers, *given: object) -> tuple[Tensor, ...]:
        seen.append(chain)
        return run(chain, *given)

    monkeypatch.setattr(JoinedLayers, "run", count)
    return seen


def passed(found: Net, around: AbstractContextManager[object] | None = None) -> Tensor:
    with around or torch.no_grad():
        result: Tensor = found(inputs()).blobs["y"]
    return result


def test_a_pass_without_gradients_runs_layers_as_one(runs: list[FusedChain]) -> None:
    passed(net(*CHAIN, phase=schema.TEST))
    assert len(runs) == 2


def test_a_pass_with_gradients_runs_each_layer(runs: list[FusedChain]) -> None:
    found = net(*CHAIN, phase=schema.TEST)
    passed(found, nullcontext()).sum().backward()  # type: ignore[no-untyped-call]
    assert runs == []
    found.requires_grad_(False)
    passed(found, nullcontext())
    assert len(runs) == 2


def test_a_net_that_learns_runs_layers_as_one(joined: list[JoinedLayers], runs: list[FusedChain]) -> None:
    for phase in (schema.TRAIN, schema.TEST):
        passed(net(*CHAIN, phase=phase), nullcontext())
    assert [chain.step.node.name for chain in joined] == ["a", "a"]
    passed(net(*CHAIN, phase=schema.TRAIN))
    assert len(joined) == 3
    assert runs == []


def test_autocast_changes_nothing_of_what_runs_as_one_where_a_net_learns(joined: list[JoinedLayers]) -> None:
    y = passed(net(*CHAIN), torch.autocast("cpu", torch.bfloat16))
    assert y.dtype == torch.bfloat16
    assert len(joined) == 1


def test_what_follows_the_tensors_sees_each_layer(joined: list[JoinedLayers]) -> None:
    found = net(*CHAIN)
    torch.func.vmap(lambda x: found({"x": x}).blobs["y"])(inputs()["x"][:, None])
    torch.compile(lambda x: found({"x": x}).blobs["y"], backend="eager")(inputs()["x"])
    assert joined == []


def test_an_input_that_wants_a_gradient_gets_it(runs: list[FusedChain]) -> None:
    found = net("force_backward: true", *CHAIN, phase=schema.TEST).requires_grad_(False)
    x = inputs()["x"].requires_grad_()
    found({"x": x}).blobs["y"].sum().backward()
    assert x.grad is not None
    assert runs == []


@pytest.mark.parametrize(
    "options",
    [
        {"phase": schema.TRAIN},
        {"devices": ["cpu:0", "cpu:1"]},
        {"devices": ["cpu:0", "cpu:1"], "micro_batches": 2},
        {"micro_batches": 2},
    ],
)
def test_other_nets_run_each_layer(
    options: dict[str, object], runs: list[FusedChain], joined: list[JoinedLayers]
) -> None:
    split = random_product("x", "a", options=BOTH), random_product("b", "y", options='device: "0"')
    passed(net(IMAGES, split[0], CHAIN[2], split[1], **{"phase": schema.TEST, **options}))  # type: ignore[arg-type]
    assert runs == []
    assert len(joined) == (options == {"phase": schema.TRAIN})


def test_a_net_that_shall_not_runs_each_layer(runs: list[FusedChain]) -> None:
    found = net(*CHAIN, phase=schema.TEST)
    found.fuse = False
    passed(found)
    assert runs == []


def test_autocast_and_tracing_see_each_layer(runs: list[FusedChain]) -> None:
    found = net(*CHAIN, phase=schema.TEST)
    with torch.no_grad():
        passed(found, torch.autocast("cpu", torch.bfloat16))
    assert runs == []


@pytest.mark.parametrize("register", ["register_forward_hook", "register_forward_pre_hook"])
def test_a_layer_with_a_hook_runs_by_itself(register: str, runs: list[FusedChain]) -> None:
    found, seen = net(*CHAIN, phase=schema.TEST), []
    wanted = passed(found)
    handle = getattr(found.steps[2], register)(lambda *given: seen.append(given[1]))  # the ReLU
    torch.testing.assert_close(passed(found), wanted)
    assert len(seen) == 1
    assert len(runs) == 4  # both products by themselves
    handle.remove()
    passed(found)
    assert len(seen) == 1


def test_a_hook_on_all_modules_sees_all_layers(runs: list[FusedChain]) -> None:
    found, seen = net(*CHAIN, phase=schema.TEST), []
    handle = torch.nn.modules.module.register_module_forward_hook(lambda module, *given: seen.append(module))
    try:
        passed(found)
    finally:
        handle.remove()
    assert seen == [*found.steps, found]
    assert runs == []


def test_a_forward_put_in_place_of_a_layer_s_own_is_called() -> None:
    found = net(*CHAIN, phase=schema.TEST)
    module, forward = found.steps[1], found.steps[1].forward

    def ones(ctx: Context, *bottoms: Tensor) -> tuple[Tensor, ...]:
        return tuple(torch.ones_like(top) for top in forward(ctx, *bottoms))

    module.forward = ones  # type: ignore[method-assign]
    wanted = found.blobs_of("y")[0].sum(1).expand(5, 4)
    torch.testing.assert_close(passed(found), wanted)


def test_a_missing_input_has_its_own_error() -> None:
    found = net(*CHAIN, phase=schema.TEST)
    with torch.no_grad(), pytest.raises(Exception, match='input blob "x" is missing'):
        found({})
