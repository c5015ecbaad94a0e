"""What names stand for at one place of the writing out, and the values of expressions there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from netdef.errors import Place
from netdef.prototxt.expand.expression import ExpressionError, NoValueError, compute, parse_expression
from netdef.prototxt.expand.holes import filled, inside
from netdef.prototxt.expand.words import PREVIOUS
from netdef.prototxt.strings import quote
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Scalar
from netdef.prototxt.values import to_integer

LONGEST = 10_000  # bytes of a string that holds expressions


@dataclass(frozen=True, slots=True)
class Scope:
    """Values of names, and the use that led here; ``within`` are the blocks being written out, the innermost last."""

    values: Mapping[str, Scalar]
    previous: Callable[[], Scalar]
    via: Place | None = None
    within: tuple[str, ...] = ()

    def with_value(self, name: str, value: Scalar) -> Scope:
        """Return this scope with one name more."""
        return replace(self, values={**self.values, name: value})

    def moved(self, place: Place) -> Place:
        """Return a line of a body as it is used here."""
        return Place(place.file, place.line, place.column, self.via)

    def resolved(self, scalar: Scalar) -> Scalar:
        """Return a value with its expressions computed.

        Raises:
            NoValueError: an expression has none here.
            ExpressionError: it could have none anywhere.
        """
        place = self.moved(scalar.place)
        if scalar.kind is Kind.EXPRESSION:
            value = self._value(inside(scalar.text))
            return Scalar(value.kind, value.text, place, value.content)
        if scalar.kind is not Kind.STRING or b"${" not in scalar.content:
            return Scalar(scalar.kind, scalar.text, place, scalar.content)
        content = filled(scalar.content, lambda text: _text_of(self._value(text)))
        if len(content) > LONGEST:
            raise NoValueError(f"the text has {len(content):,} bytes, may have {LONGEST:,}")
        return text_scalar(content, place)

    def number(self, scalar: Scalar) -> int:
        """Return a value that must be a whole number.

        Raises:
            ExpressionError: it is none, or as for ``resolved``.
        """
        return _number_of(scalar.text, self.resolved(scalar))

    def _value(self, expression: str) -> Scalar:
        node = parse_expression(expression)
        if isinstance(node, str):
            return self._named(node)
        number = compute(node, lambda name: _number_of(name, self._named(name)))
        return Scalar(Kind.NUMBER, str(number), Place("", 0, 0))

    def _named(self, name: str) -> Scalar:
        if name == PREVIOUS:
            return self.previous()
        if name not in self.values:
            raise ExpressionError(f'nothing here is called "{name}"')
        return self.values[name]


def text_scalar(content: bytes, place: Place) -> Scalar:
    """Return a string."""
    return Scalar(Kind.STRING, quote(content.decode(errors="surrogateescape")), place, content)


def _text_of(value: Scalar) -> bytes:
    return value.content if value.kind is Kind.STRING else value.text.encode()


def _number_of(name: str, value: Scalar) -> int:
    try:
        if value.kind is Kind.NUMBER:
            return to_integer(value.text)
    except ValueError:
        pass
    raise NoValueError(f"{name} is {value.text}, must be a whole number")
