"""Whether all that a file of abbreviations names is known: checked once, however often a block is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdef.errors import Place, Problem, Severity
from netdef.prototxt.expand.expression import ExpressionError, names_in, parse_expression
from netdef.prototxt.expand.forms import Block, Item, Repeat, Use
from netdef.prototxt.expand.holes import expressions_of, scalars_of
from netdef.prototxt.expand.words import PREVIOUS
from netdef.prototxt.tree import Field, Scalar
from netdef.suggest import did_you_mean


class NameCheck:
    """Goes through bodies and notes in ``problems`` what they name and nobody knows.

    ``has_all`` tells whether ``blocks`` are all that there are; where a file could not be included, others may be.
    """

    def __init__(self, blocks: Mapping[str, Block], has_all: bool, problems: list[Problem]) -> None:
        self.blocks = blocks
        self.has_all = has_all
        self.problems = problems
        self.used: set[str] = set()

    def block(self, block: Block) -> None:
        """Check a definition: its defaults, which may use the arguments before them, its body, its arguments."""
        self.used = set()
        known: list[str] = []
        for argument in block.arguments.values():
            if argument.default:
                self._scalar(argument.default, known)
            known.append(argument.name)
        for item in block.body:
            self.item(item, known)
        for name in block.arguments.keys() - self.used:
            message = f'block "{block.name}" does nothing with its argument "{name}"'
            place = block.arguments[name].place
            self.problems.append(Problem(message, place, "remove it, or use it", severity=Severity.WARNING))

    def item(self, item: Item, known: Sequence[str]) -> None:
        """Check one part of a body in which some names are known."""
        match item:
            case Use():
                self._use(item, known)
            case Repeat():
                self._repeat(item, known)
            case Field():
                for scalar in scalars_of(item):
                    self._scalar(scalar, known)

    def _repeat(self, repeat: Repeat, known: Sequence[str]) -> None:
        for bound in (repeat.first, repeat.last):
            self._scalar(bound, known)
        if repeat.index in known:
            self._complain(
                f'"{repeat.index}" is known here already', repeat.source.place, "give the index another name"
            )
        for item in repeat.body:
            self.item(item, [*known, repeat.index])

    def _use(self, use: Use, known: Sequence[str]) -> None:
        for field in use.values.values():
            for scalar in scalars_of(field):
                self._scalar(scalar, known)
        block = self.blocks.get(use.block)
        if block is None:
            if self.has_all:
                self._unknown_block(use)
            return
        for name, field in use.values.items():
            if name not in block.arguments:
                hint = did_you_mean(name, block.arguments) or f"it takes {', '.join(block.arguments) or 'none'}"
                self._complain(f'block "{block.name}" has no argument "{name}"', field.place, hint)
        missing = [
            name for name, argument in block.arguments.items() if not argument.default and name not in use.values
        ]
        if missing:
            hint = " ".join(f"{name}: …" for name in missing)
            text = f'block "{block.name}" needs {", ".join(missing)}'
            self._complain(text, use.source.place, f"add {hint}")

    def _unknown_block(self, use: Use) -> None:
        near = did_you_mean(use.block, self.blocks)
        there = f"there are {', '.join(self.blocks)}" if self.blocks else "none is defined, here or in an included file"
        self._complain(f'there is no block "{use.block}"', use.source.place, near or there)

    def _scalar(self, scalar: Scalar, known: Sequence[str]) -> None:
        try:
            for text in expressions_of(scalar):
                for name in names_in(parse_expression(text)):
                    self._name(name, scalar.place, known)
        except ExpressionError as error:
            self._complain(str(error), scalar.place, error.hint)

    def _name(self, name: str, place: Place, known: Sequence[str]) -> None:
        self.used.add(name)
        if name not in known and name != PREVIOUS:
            hint = did_you_mean(name, known) or f"known here: {', '.join([*known, PREVIOUS])}"
            self._complain(f'nothing here is called "{name}"', place, hint)

    def _complain(self, message: str, place: Place, hint: str = "") -> None:
        self.problems.append(Problem(message, place, hint))
