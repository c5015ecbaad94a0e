"""Modules of which it is known when somebody begins to look at them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from torch import nn

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
REPLACED = ("forward", "_compiled_call_impl")
_WRITTEN = frozenset((*HOOKS, *REPLACED, "__class__"))
_REGISTERING = (
    "register_forward_hook",
    "register_forward_pre_hook",
    "register_full_backward_hook",
    "register_full_backward_pre_hook",
    "register_backward_hook",
)


class _Latest:
    change = object()


class Watched(nn.Module):
    """A module that notes when it may get a hook, or another function than its class has."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in _WRITTEN:
            _note()


def latest_change() -> object:
    """Return what stands for the latest change of any module; after the next one it is another object."""
    return _Latest.change


def _note() -> None:
    _Latest.change = object()


def _noting(register: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(register)
    def registered(*given: Any, **named: Any) -> Any:
        try:
            return register(*given, **named)
        finally:
            _note()  # not before: who looks meanwhile would see nothing, and not look again

    return registered


for _name in _REGISTERING:
    setattr(Watched, _name, _noting(getattr(nn.Module, _name)))
