"""The arithmetic of ``${…}``: whole numbers, names, ``+ - * // %`` and parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 100  # characters
GREATEST = 2**63 - 1

_WORD = re.compile(r"\s*(?:(?P<number>[0-9]+)|(?P<name>[A-Za-z_]\w*)|(?P<mark>//|[-+*%()])|(?P<stray>\S))", re.ASCII)
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
}


class ExpressionError(ValueError):
    """An expression that means nothing, whatever its names stand for; ``hint`` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class NoValueError(ExpressionError):
    """An expression that has no value for what its names stand for now."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Two numbers and what is done with them."""

    sign: str
    left: Node
    right: Node


Node = int | str | Operation  # a name stands for its value


@lru_cache(maxsize=1000)
def parse_expression(text: str) -> Node:
    """Read what stands between ``${`` and ``}``.

    Raises:
        ExpressionError: it is no expression.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters, may have {LONGEST}")
    words = [match[match.lastgroup or 0] for match in _WORD.finditer(text)]
    reader = _Reader(words)
    node = reader.sum()
    if reader.words:
        raise _unexpected(reader.words[-1])
    return node


def names_in(node: Node) -> Iterator[str]:
    """Go through the names of an expression."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Operation):
        yield from names_in(node.left)
        yield from names_in(node.right)


def compute(node: Node, number_of: Callable[[str], int]) -> int:
    """Return the value of an expression; ``//`` rounds down, and ``%`` is what it leaves.

    Raises:
        NoValueError: it divides by zero or leaves 64 bits.
    """
    if isinstance(node, int):
        return node
    if isinstance(node, str):
        return number_of(node)
    left, right = compute(node.left, number_of), compute(node.right, number_of)
    if node.sign in ("//", "%") and right == 0:
        raise NoValueError(f"{left} {node.sign} 0 has no value")
    result = _OPERATIONS[node.sign](left, right)
    if abs(result) > GREATEST:
        raise NoValueError(f"{left} {node.sign} {right} is beyond 64 bits")
    return result


class _Reader:
    """Takes words from the front; ``words`` holds the rest, the next one last."""

    def __init__(self, words: list[str]) -> None:
        self.words = words[::-1]

    def accept(self, *signs: str) -> str:
        return self.words.pop() if self.words and self.words[-1] in signs else ""

    def sum(self) -> Node:
        node = self.product()
        while sign := self.accept("+", "-"):
            node = Operation(sign, node, self.product())
        return node

    def product(self) -> Node:
        node = self.factor()
        while sign := self.accept("*", "//", "%"):
            node = Operation(sign, node, self.factor())
        return node

    def factor(self) -> Node:
        if self.accept("-"):
            return Operation("-", 0, self.factor())
        if self.accept("("):
            node = self.sum()
            if not self.accept(")"):
                raise ExpressionError('the expression has a "(" without its ")"')
            return node
        if not self.words:
            raise ExpressionError("the expression ends where a number or a name is due")
        return _atom(self.words.pop())


def _atom(word: str) -> Node:
    if word.isascii() and word.isdecimal():
        return int(word)
    if word.isascii() and word.isidentifier():
        return word
    raise _unexpected(word)


def _unexpected(word: str) -> ExpressionError:
    hint = "write //, which rounds down" if word == "/" else "an expression has whole numbers, names, + - * // % ( )"
    return ExpressionError(f'unexpected "{word}" in the expression', hint)
