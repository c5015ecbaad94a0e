"""Fields once more, at another place and with other values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from netdef.errors import Place
from netdef.prototxt.tree import Field, ListValue, Message, Scalar, Value


@dataclass(frozen=True, slots=True)
class Copier:
    """How fields are copied: their places, their single values (None leaves one out), with or without comments."""

    moved: Callable[[Place], Place]
    scalar: Callable[[Scalar], Scalar | None]
    comments: bool = False

    def field(self, field: Field) -> Field | None:
        """Copy a field; None if its value is left out."""
        value = self._value(field.value)
        if value is None:
            return None
        comments = (field.above, field.behind) if self.comments else ([], "")
        return Field(field.name, value, self.moved(field.place), *comments, field.colon)

    def _value(self, value: Value) -> Value | None:
        if isinstance(value, Scalar):
            return self.scalar(value)
        if isinstance(value, Message):
            return self._message(value)
        return ListValue(list(self._elements(value)), self.moved(value.place))

    def _elements(self, value: ListValue) -> Iterator[Scalar | Message]:
        for element in value.values:
            copy = self._message(element) if isinstance(element, Message) else self.scalar(element)
            if copy is not None:
                yield copy

    def _message(self, message: Message) -> Message:
        fields = [copy for field in message.fields if (copy := self.field(field))]
        moved = Message(fields, self.moved(message.place), self.moved(message.end))
        if self.comments:
            moved.behind_brace, moved.below = message.behind_brace, message.below
        return moved
