"""Operators that write what they make to tensors that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from torch import Tensor
from torch._ops import OpOverload
from torch.utils._pytree import tree_leaves

OF_RESULT = frozenset(("dtype", "layout", "device", "pin_memory", "memory_format"))
"""Options that say nothing but what kind of tensor is made."""


class Variant(NamedTuple):
    """An overload that takes the same arguments, and the names of those that it writes to."""

    function: OpOverload
    outs: tuple[str, ...]
    options: frozenset[str]


class WithPlaces(NamedTuple):
    """An overload, and its options: those of before, and the tensors that it writes to."""

    function: OpOverload
    options: Mapping[str, Any]


def written_to(function: OpOverload, options: Mapping[str, Any], places: Any) -> WithPlaces | None:
    """Return what does the same, but writes to tensors in ``places``; None if there is no such overload."""
    made = tree_leaves(places)
    variant = _variant(function)
    if variant is None or len(made) != len(variant.outs) or not all(isinstance(each, Tensor) for each in made):
        return None
    taken = {name: value for name, value in options.items() if name in variant.options}
    if options.keys() - taken.keys() - OF_RESULT:
        return None
    return WithPlaces(function=variant.function, options=taken | dict(zip(variant.outs, made, strict=True)))


@lru_cache(None)
def _variant(function: OpOverload) -> Variant | None:
    own = _positional(function)
    for name in function.overloadpacket.overloads():
        overload = getattr(function.overloadpacket, name)
        outs = tuple(argument.name for argument in overload._schema.arguments if argument.is_out)
        if outs and len(outs) == len(function._schema.returns) and _positional(overload) == own:
            named = (argument.name for argument in overload._schema.arguments if argument.kwarg_only)
            return Variant(overload, outs, frozenset(named) - set(outs))
    return None


def _positional(function: OpOverload) -> list[tuple[str, str]]:
    arguments = (argument for argument in function._schema.arguments if not argument.kwarg_only)
    return [(argument.name, str(argument.type)) for argument in arguments]
