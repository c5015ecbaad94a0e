"""Tokens to tree: reads on after every mistake, so that one run finds them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netdef.errors import DefinitionError, Place, Problem, Severity
from netdef.prototxt.cursor import CLOSERS, OPENERS, Cursor
from netdef.prototxt.scalars import at_scalar, read_scalar
from netdef.prototxt.tokens import Kind, Token
from netdef.prototxt.tree import Field, ListValue, Message, Scalar, Value

_IN_BRACKETS = "a comma ends a field: several values stand in brackets, as in [0, 1], and numbers have no commas"
DEEPEST = 100  # blocks within blocks; protobuf's own readers of binary files stop there too


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that could be read of a text, and all that is wrong with it, in file order."""

    tree: Message
    problems: tuple[Problem, ...]


def parse(text: str, file: str) -> Message:
    """Read a text; ``file`` is the name that its places carry.

    Raises:
        DefinitionError: with every syntax error of the text.
    """
    parsed = parse_on(text, file)
    if any(problem.severity is Severity.ERROR for problem in parsed.problems):
        raise DefinitionError(parsed.problems)
    return parsed.tree


def parse_on(text: str, file: str) -> Parsed:
    """Read a text, going on after errors.

    Where braces do not pair up, the indentation may know better which of the blocks is not closed.
    """
    parser = _Parser(Cursor(text, file))
    parsed = parser.whole()
    if not parser.unbalanced:
        return parsed
    by_indentation = _Parser(Cursor(text, file), trusts_indentation=True).whole()
    return min(by_indentation, parsed, key=lambda result: len(result.problems))


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems of one file, and of what it uses, sorted by line and column in that file."""
    return tuple(sorted(problems, key=lambda found: found.place.trail if found.place else ()))


class _Parser:
    def __init__(self, cursor: Cursor, trusts_indentation: bool = False) -> None:
        self.cursor = cursor
        self.trusts_indentation = trusts_indentation
        self.unbalanced = False
        self.depth = 0

    def whole(self) -> Parsed:
        cursor = self.cursor
        start = Place(cursor.file, 1, 1)
        tree = Message([], start, start)
        while cursor.peek.kind is not Kind.END:
            if cursor.peek.text in CLOSERS:
                self.unbalanced = True
                closer = cursor.take()
                cursor.complain(closer, f'"{closer.text}" closes nothing', "there is a brace too many, here or above")
            else:
                self.field(tree)
        tree.end = cursor.place(cursor.peek)
        tree.below = cursor.lines_above()
        return Parsed(tree, in_file_order(cursor.problems))

    def field(self, block: Message) -> None:
        cursor = self.cursor
        above = cursor.lines_above()
        outer_strays, cursor.stray_comments = cursor.stray_comments, []
        if cursor.peek.kind is not Kind.NAME:
            self.no_field()
        elif entry := self.named_field():
            entry.above = above + cursor.stray_comments
            entry.behind = cursor.comment_behind()
            block.fields.append(entry)
        cursor.stray_comments = outer_strays

    def named_field(self) -> Field | None:
        cursor = self.cursor
        name = cursor.take()
        colon = cursor.accept(":") or self.equals_sign(name)
        value = self.value(name, colon)
        if not cursor.accept(","):
            cursor.accept(";")
        return Field(name.text, value, cursor.place(name), colon=colon) if value else None

    def equals_sign(self, name: Token) -> bool:
        sign = self.cursor.peek
        if not self.cursor.accept("="):
            return False
        self.cursor.complain(sign, f'"=" after {name.text}', "a colon stands between a name and its value")
        return True

    def no_field(self) -> None:
        cursor = self.cursor
        token = cursor.take()
        if token.text == "[":
            cursor.complain(token, 'extensions and Any values ("[…]") are not part of this format')
        else:
            hint = _IN_BRACKETS if token.kind is Kind.NUMBER and cursor.tokens[cursor.position - 2].text == "," else ""
            cursor.complain(token, f"expected the name of a field, found {token.text}", hint)
        if token.text in OPENERS:
            cursor.skip_block()
        elif token.text not in (",", ";"):
            cursor.skip_line(token.line)

    def value(self, name: Token, colon: bool) -> Value | None:
        cursor = self.cursor
        token = cursor.peek
        if token.text in OPENERS:
            return self.block(name)
        if token.text == "[":
            return self.list_of(name, colon)
        if not at_scalar(cursor) or not (colon or token.line == name.line):
            cursor.complain(name, f"{name.text} has no value")
            return None
        if not colon:
            cursor.complain(name, f"{name.text} has no colon before its value", f"write {name.text}: {token.text}")
        return read_scalar(cursor)

    def list_of(self, name: Token, colon: bool) -> ListValue:
        cursor = self.cursor
        opener = cursor.take()
        found = ListValue([], cursor.place(opener))
        if cursor.accept("]"):
            return found
        while self.list_element(found, name, opener) and not cursor.accept("]"):
            if not cursor.accept(",") and (cursor.peek.text in (";", *OPENERS) or at_scalar(cursor)):
                cursor.complain(cursor.peek, f"no comma between the values of {name.text}")
                cursor.accept(";")
        if not colon and found.values and isinstance(found.values[0], Scalar):
            cursor.complain(name, f"{name.text} has no colon before its values", f"write {name.text}: […]")
        return found

    def list_element(self, found: ListValue, name: Token, opener: Token) -> bool:
        """Read one value into the list; False where the list seems to be over without its bracket."""
        cursor = self.cursor
        token = cursor.peek
        if token.text in OPENERS:
            found.values.append(self.block(name))
        elif at_scalar(cursor):
            found.values.append(read_scalar(cursor))
        elif token.text in ("]", ",", "["):
            cursor.complain(token, f"expected a value in the list of {name.text}, found {token.text}")
            if token.text != "]":
                cursor.take()
        else:
            cursor.complain(opener, f"the list of {name.text} is not closed", 'add "]" after its last value')
            return False
        return True

    def block(self, name: Token) -> Message:
        cursor = self.cursor
        opener = cursor.take()
        block = Message([], cursor.place(opener), cursor.place(opener), behind_brace=cursor.comment_behind())
        if self.depth == DEEPEST:
            cursor.complain(opener, f"blocks are nested more than {DEEPEST} deep")
            cursor.skip_block()
            return block
        self.depth += 1
        while not self.block_ends(block, name, opener):
            self.field(block)
        self.depth -= 1
        return block

    def block_ends(self, block: Message, name: Token, opener: Token) -> bool:
        cursor = self.cursor
        token = cursor.peek
        if token.kind is Kind.END or (self.trusts_indentation and self.stands_outside(token, name)):
            self.unclosed(name, token)
        elif token.text in CLOSERS:
            block.below = cursor.lines_above()
            block.end = cursor.place(cursor.take())
            self.compare_braces(name, opener, token)
        else:
            return False
        return True

    def unclosed(self, name: Token, token: Token) -> None:
        self.unbalanced = True
        where = "at the end of the file" if token.kind is Kind.END else f"before line {token.line}"
        self.cursor.complain(name, f"the block {name.text}, opened here, is not closed", f'add "}}" {where}')

    def compare_braces(self, name: Token, opener: Token, closer: Token) -> None:
        if OPENERS.index(opener.text) != CLOSERS.index(closer.text):
            place = self.cursor.place(opener)
            message = f'"{closer.text}" closes the block {name.text}, which "{opener.text}" opened'
            self.cursor.complain(closer, message, f"opened at {place}")

    def stands_outside(self, token: Token, name: Token) -> bool:
        """Whether, by its indentation, a line no longer belongs to the block of that name."""
        if token.line == name.line or token.column >= name.column + (token.text not in CLOSERS):
            return False
        return self.cursor.starts_its_line(token) and self.cursor.starts_its_line(name)
