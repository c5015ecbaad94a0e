"""Fields to abbreviations: whether each has what it must have, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netdef.errors import Problem
from netdef.prototxt.expand.forms import Argument, Block, Body, Item, Repeat, Use
from netdef.prototxt.expand.settings import Settings, can_be_used, given_twice, plain_text
from netdef.prototxt.expand.words import BLOCK, REPEAT, USE, is_include
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Message, Scalar, elements


class Reader:
    """Reads abbreviations and notes in ``problems`` what is wrong with them; what is too wrong is left out."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def item(self, field: Field) -> Item | None:
        """Read a use or a repeat; other fields are plain."""
        if field.name == USE:
            return self.use(field)
        return self.repeat(field) if field.name == REPEAT else field

    def use(self, field: Field) -> Use | None:
        """Read a use of a block."""
        settings = Settings(field, None, self.problems)
        name = settings.text(BLOCK)
        values = {key: given for key, given in settings.fields.items() if key != BLOCK}
        return Use(name, field, values) if name else None

    def repeat(self, field: Field) -> Repeat | None:
        """Read a repeat; ``times: n`` counts from 1 to n."""
        settings = Settings(field, ("index", "times", "from", "to"), self.problems)
        index = settings.text("index")
        body = self._body(settings.rest)
        bounds = self._bounds(settings)
        if not index or not bounds or not can_be_used(index, settings.fields["index"].place, self.problems):
            return None
        return Repeat(index, *bounds, field, body)

    def block(self, field: Field) -> Block | None:
        """Read the definition of a block."""
        settings = Settings(field, ("name",), self.problems)
        name = settings.text("name")
        arguments: dict[str, Argument] = {}
        for argument in self._arguments(settings.rest):
            if argument.name in arguments:
                first = arguments[argument.name].place
                self.problems.append(given_twice(f'argument "{argument.name}"', first, argument.place))
            arguments.setdefault(argument.name, argument)
        body = self._body(inner for inner in settings.rest if inner.name != "argument")
        return Block(name, field.place, arguments, body) if name else None

    def _body(self, fields: Iterable[Field]) -> Body:
        items: list[Item] = []
        for field in fields:
            if field.name == BLOCK or is_include(field):
                message = f"{field.name} stands at the top level of a file, not inside a block or repeat"
                self.problems.append(Problem(message, field.place))
            elif item := self.item(field):
                items.append(item)
        return items

    def _bounds(self, settings: Settings) -> tuple[Scalar, Scalar] | None:
        first, last, times = map(settings.scalar, ("from", "to", "times"))
        match settings.fields.keys() - {"index"}:
            case given if given == {"times"}:
                first, last = Scalar(Kind.NUMBER, "1", settings.around.place), times
            case given if given != {"from", "to"} and isinstance(settings.around.value, Message):
                message = "repeat must have either times, or from and to"
                settings.complain(message, settings.around.place, settings.example)
        return (first, last) if first and last else None

    def _arguments(self, fields: Iterable[Field]) -> Iterator[Argument]:
        for field in fields:
            for value in elements(field.value) if field.name == "argument" else ():
                argument = self._argument(field, value)
                if argument and can_be_used(argument.name, argument.place, self.problems):
                    yield argument

    def _argument(self, field: Field, value: Scalar | Message) -> Argument | None:
        if isinstance(value, Scalar):
            name = plain_text(value, "argument", self.problems)
            return Argument(name, value.place) if name else None
        settings = Settings(Field(field.name, value, field.place), ("name", "default"), self.problems)
        for extra in settings.rest:
            settings.complain(f"argument: {extra.name} is neither name nor default", extra.place, settings.example)
        name = settings.text("name")
        return Argument(name, field.place, settings.scalar("default")) if name else None
