from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
import torch
from torch.nn.modules.module import register_module_forward_hook

from netdef.module.layer_module import LayerModule
from netdef.module.watch import Watch
from netdef.net import Net
from tests.graph.texts import IMAGES
from tests.nets import net, random_product


@pytest.fixture
def found() -> Net:
    return net(IMAGES, random_product("x", "a"), random_product("a", "y"))


def alone(found: Net) -> list[str]:
    return sorted(node.name for node in Watch(found.steps).alone())


def test_nobody_looks_at_a_new_net(found: Net) -> None:
    assert alone(found) == []


@pytest.mark.parametrize(
    "register",
    [
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_backward_hook",
    ],
)
def test_hooks_are_seen_while_they_are_there(found: Net, register: str) -> None:
    watch = Watch(found.steps)
    handle = getattr(found.modules_of(1)[0], register)(lambda *given: None)
    assert [node.name for node in watch.alone()] == ["a"]
    handle.remove()
    assert not watch.alone()


def test_another_dictionary_of_hooks_is_looked_at(found: Net) -> None:
    watch, module = Watch(found.steps), found.modules_of(2)[0]
    module._forward_hooks = type(module._forward_hooks)()
    module.register_forward_hook(lambda *given: None)
    assert [node.name for node in watch.alone()] == ["y"]


def test_hooks_of_all_modules_concern_each_layer(found: Net) -> None:
    handle = register_module_forward_hook(lambda *given: None)
    try:
        assert alone(found) == ["a", "images", "y"]
    finally:
        handle.remove()


def test_modules_that_do_something_else_are_seen(found: Net) -> None:
    class Other(LayerModule):
        pass

    watch = Watch(found.steps)
    found.modules_of(0)[0].forward = lambda *given: ()  # type: ignore[method-assign]
    found.modules_of(1)[0].__class__ = Other
    found.modules_of(2)[0].compile(backend="eager")
    assert {node.name for node in watch.alone()} == {"images", "a", "y"}
    torch.compiler.reset()


def test_copies_of_a_net_are_looked_at_themselves(found: Net) -> None:
    other = copy.deepcopy(found)
    other.modules_of(1)[0].register_forward_hook(lambda *given: None)
    assert [node.name for node in other._programs._watch.alone()] == ["a"]
    assert not found._programs._watch.alone()


@pytest.mark.parametrize("keep", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_hooks_that_nobody_has_looked_for_come_along_with_a_copy(found: Net, keep: Callable[[Net], Net]) -> None:
    assert not found._programs._watch.alone()
    found.modules_of(1)[0].register_forward_pre_hook(see)
    assert [node.name for node in keep(found)._programs._watch.alone()] == ["a"]


def see(*given: object) -> None:
    pass


def test_modules_are_looked_at_again_only_after_changes(found: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(found.steps)
    assert not watch.alone()
    monkeypatch.setattr("netdef.module.watch._hooks", None)  # a look would fail
    assert not watch.alone()
    found.modules_of(0)[0].register_full_backward_pre_hook(see)
    with pytest.raises(TypeError):
        watch.alone()
