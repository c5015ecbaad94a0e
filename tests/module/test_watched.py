from __future__ import annotations

from collections.abc import Callable

import pytest
from torch import nn

from netdef.module.watched import HOOKS, Watched, latest_change


class Other(Watched):
    pass


CHANGES: dict[str, Callable[[Watched], object]] = {
    "a hook": lambda module: module.register_forward_hook(print),
    "a hook before": lambda module: module.register_forward_pre_hook(print),
    "a hook of gradients": lambda module: module.register_full_backward_hook(print),
    "another dictionary": lambda module: setattr(module, HOOKS[0], {}),
    "another function": lambda module: setattr(module, "forward", print),
    "another class": lambda module: setattr(module, "__class__", Other),
    "a compiled function": lambda module: setattr(module, "_compiled_call_impl", print),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_may_change_what_a_module_does_is_noted(change: Callable[[Watched], object]) -> None:
    module = Watched()
    before = latest_change()
    change(module)
    assert latest_change() is not before


def test_all_else_is_not() -> None:
    before = latest_change()
    module = Watched()
    module.weight = nn.Parameter()
    module.register_buffer("state", None)
    module.eval()
    nn.Module().register_forward_hook(print)
    assert latest_change() is before


def test_a_change_is_noted_when_there_is_something_to_see() -> None:
    module, seen = Watched(), list[tuple[object, int]]()

    class Looking(dict[int, object]):
        def __setitem__(self, key: int, hook: object) -> None:
            seen.append((latest_change(), len(self)))
            super().__setitem__(key, hook)

    module._forward_hooks = Looking()  # type: ignore[assignment]
    module.register_forward_hook(print)
    assert [count for _, count in seen] == [0]
    assert latest_change() is not seen[0][0]
