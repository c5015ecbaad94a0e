"""Where expressions stand: ``num_output: ${4 * width}``, or within a string, ``"${name}/1x1"``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from netdef.prototxt.expand.expression import ExpressionError
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Message, Scalar, elements

_HOLE = re.compile(rb"\$\$\{|\$\{([^}]*)(\}?)")  # $${ is a plain ${


def scalars_of(field: Field) -> Iterator[Scalar]:
    """Go through all single values of a field, however deep."""
    for value in elements(field.value):
        if isinstance(value, Message):
            for inner in value.fields:
                yield from scalars_of(inner)
        else:
            yield value


def expressions_of(scalar: Scalar) -> Iterator[str]:
    """Go through the texts of a value's expressions.

    Raises:
        ExpressionError: a ``${`` without its ``}``.
    """
    if scalar.kind is Kind.EXPRESSION:
        yield inside(scalar.text)
    elif scalar.kind is Kind.STRING:
        for hole in _HOLE.finditer(scalar.content):
            if (text := _expression(hole)) is not None:
                yield text


def has_holes(scalar: Scalar) -> bool:
    """Whether a value holds expressions, well written or not."""
    return scalar.kind is Kind.EXPRESSION or (scalar.kind is Kind.STRING and b"${" in scalar.content)


def inside(hole: str) -> str:
    """Return what stands between the braces of ``${…}``."""
    return hole.removeprefix("${").removesuffix("}")


def filled(content: bytes, text_of: Callable[[str], bytes]) -> bytes:
    """Return what a string says with its expressions replaced.

    Raises:
        ExpressionError: a ``${`` without its ``}``.
    """

    def replaced(hole: re.Match[bytes]) -> bytes:
        text = _expression(hole)
        return b"${" if text is None else text_of(text)

    return _HOLE.sub(replaced, content)


def _expression(hole: re.Match[bytes]) -> str | None:
    if hole[1] is None:
        return None
    if not hole[2]:
        raise ExpressionError("the text has a ${ without its }", "write $${ for a plain ${")
    return hole[1].decode(errors="replace")
