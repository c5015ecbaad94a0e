"""The walk that puts layers in the place of uses and repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from netdef.errors import Place, Problem
from netdef.prototxt.expand.copying import Copier
from netdef.prototxt.expand.expression import ExpressionError, NoValueError
from netdef.prototxt.expand.forms import Block, Item, Part, Repeat, Use
from netdef.prototxt.expand.previous import only_top
from netdef.prototxt.expand.scope import Scope
from netdef.prototxt.layers import LAYER_FIELDS
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Scalar

MOST_TIMES = 100_000  # rounds of one repeat
MOST_VALUES = 1_000_000  # of all that is written out, braces included: some 100,000 layers
DEEPEST = 30  # uses and repeats within one another
_BYTES_PER_VALUE = 100  # a longer text counts as several values


class Writer:
    """Writes out the top level of a file; ``written`` is what it came to, ``waiting`` are comments for what follows."""

    def __init__(self, blocks: Mapping[str, Block], problems: list[Problem]) -> None:
        self.blocks = blocks
        self.problems = problems
        self.written: list[Field] = []
        self.waiting: list[str] = []
        self.latest: Field | None = None
        self.left = MOST_VALUES

    def write(self, parts: Iterable[Part]) -> None:
        """Write out the parts of a file in their order; plain fields stay as they are, comments go to what follows."""
        for part in parts:
            try:
                self._part(part)
            except _TooMuchError:
                message = f"written out, the file has more than {MOST_VALUES:,} values"
                place = part.source.place if isinstance(part, Use | Repeat) else None
                self.problems.append(Problem(message, place, "no net has that many: look for a slip in the numbers"))
                self.written.clear()
                return

    def _part(self, part: Part) -> None:
        if isinstance(part, Field):
            self._emit(part)
        elif isinstance(part, Use | Repeat):
            self._wait(comments_of(part.source))
            self._item(part, Scope({}, lambda: only_top(self.latest)))
        else:
            self._wait(part)

    def _item(self, item: Item, scope: Scope) -> None:
        self._spend(1)
        match item:
            case Use():
                self._use(item, scope)
            case Repeat():
                self._repeat(item, scope)
            case Field():
                copy = Copier(lambda place: self._moved(place, scope), lambda scalar: self._resolved(scalar, scope))
                if field := copy.field(item):
                    self._emit(field)

    def _use(self, use: Use, scope: Scope) -> None:
        block = self.blocks.get(use.block)
        place = scope.moved(use.source.place)
        if block is None or block.name in scope.within or self._is_too_deep(scope, place):
            return
        inner = Scope({}, scope.previous, place, (*scope.within, block.name))
        for name, argument in block.arguments.items():
            given = use.values[name].value if name in use.values else None
            value = (
                self._resolved(given, scope) if isinstance(given, Scalar) else self._default(argument.default, inner)
            )
            inner = inner.with_value(name, value) if value else inner
        for item in block.body:
            self._item(item, inner)

    def _default(self, default: Scalar | None, scope: Scope) -> Scalar | None:
        return self._resolved(default, scope) if default else None

    def _repeat(self, repeat: Repeat, scope: Scope) -> None:
        place = scope.moved(repeat.source.place)
        numbers = self._numbers(repeat, scope, place)
        if self._is_too_deep(scope, place):
            return
        inner = replace(scope, within=(*scope.within, ""))
        for number in numbers:
            self._spend(1)
            here = inner.with_value(repeat.index, Scalar(Kind.NUMBER, str(number), place))
            for item in repeat.body:
                self._item(item, here)

    def _numbers(self, repeat: Repeat, scope: Scope, place: Place) -> range:
        """Return what a repeat counts through; one that counts to the number before its first does nothing."""
        try:
            first, last = scope.number(repeat.first), scope.number(repeat.last)
            if not 0 <= last - first + 1 <= MOST_TIMES:
                raise NoValueError(f"repeat counts from {first} to {last}, may count up, {MOST_TIMES:,} times at most")
            return range(first, last + 1)
        except NoValueError as error:
            self.problems.append(Problem(str(error), place, error.hint))
        except ExpressionError:
            pass  # said of the definition
        return range(0)

    def _resolved(self, scalar: Scalar, scope: Scope) -> Scalar | None:
        """Return a value with its expressions computed, None after a complaint."""
        try:
            found = scope.resolved(scalar)
        except NoValueError as error:
            self.problems.append(Problem(str(error), scope.moved(scalar.place), error.hint))
        except ExpressionError:
            pass  # said of the definition
        else:
            self._spend(len(found.content) // _BYTES_PER_VALUE)
            return found
        return None

    def _moved(self, place: Place, scope: Scope) -> Place:
        self._spend(1)
        return scope.moved(place)

    def _is_too_deep(self, scope: Scope, place: Place) -> bool:
        if len(scope.within) < DEEPEST:
            return False
        self.problems.append(Problem(f"uses and repeats stand within one another more than {DEEPEST} deep", place))
        return True

    def _spend(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise _TooMuchError

    def _wait(self, comments: Sequence[str]) -> None:
        """Keep comments for what comes next; of blank lines, one in a row."""
        for line in comments:
            if line or not self.waiting or self.waiting[-1]:
                self.waiting.append(line)

    def _emit(self, field: Field) -> None:
        if self.waiting:
            self._wait(field.above)
            field, self.waiting = replace(field, above=self.waiting), []
        self.written.append(field)
        if field.name in LAYER_FIELDS:
            self.latest = field


def comments_of(field: Field) -> Sequence[str]:
    """Return the comments above a field and behind it."""
    return [*field.above, field.behind] if field.behind else field.above


class _TooMuchError(Exception):
    """More than any net has."""
