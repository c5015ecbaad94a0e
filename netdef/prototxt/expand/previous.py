"""What ``${previous}`` stands for: the top of the layer before, where there can be no doubt which."""

from __future__ import annotations

from netdef.prototxt.expand.expression import NoValueError
from netdef.prototxt.path import name_of
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Message, Scalar, elements

_RULES = ("include", "exclude", "phase")
_HINT = "name the blob instead of ${previous}"


def only_top(layer: Field | None) -> Scalar:
    """Return the single top of a layer that is always there.

    Raises:
        NoValueError: there is no layer, or not one top, or rules leave the layer out at times.
    """
    if layer is None or not isinstance(layer.value, Message):
        raise NoValueError("no layer stands before this one", _HINT)
    message = layer.value
    title = f'the layer before, "{name_of(message)}",'
    if rule := next((name for name in _RULES if message.named(name)), ""):
        raise NoValueError(f"{title} has a rule ({rule}) and is not always there", _HINT)
    tops = [value for field in message.named("top") for value in elements(field.value)]
    if len(tops) != 1 or not isinstance(tops[0], Scalar) or tops[0].kind is not Kind.STRING:
        raise NoValueError(f"{title} has {len(tops)} tops, must have one", _HINT)
    return tops[0]
