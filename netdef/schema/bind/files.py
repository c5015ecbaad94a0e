"""From files to messages in one step."""

from __future__ import annotations

from os import PathLike, fspath
from typing import TypeVar

from google.protobuf.message import Message

from netdef.errors import DefinitionError, Severity
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import in_file_order, parse_on
from netdef.schema.bind.binder import Bound, bind

M = TypeVar("M", bound=Message)


def read(path: str | PathLike[str], message_class: type[M]) -> Bound[M]:
    """Read a file into a message.

    Raises:
        DefinitionError: it is no text file, or holds errors of any kind: all of them.
    """
    bound = examine(read_text(path), fspath(path), message_class)
    if any(problem.severity is Severity.ERROR for problem in bound.problems):
        raise DefinitionError(bound.problems)
    return bound


def examine(text: str, file: str, message_class: type[M]) -> Bound[M]:
    """Read a text into a message as far as possible; the result's problems are those of syntax and of binding."""
    parsed = parse_on(text, file)
    bound = bind(parsed.tree, message_class)
    return Bound(bound.message, bound.places, in_file_order([*parsed.problems, *bound.problems]))
