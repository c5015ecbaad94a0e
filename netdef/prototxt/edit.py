"""Setting single fields of a tree, as ``--set layer[conv1].convolution_param.num_output=64`` asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdef.errors import DefinitionError, Place, UsageError
from netdef.prototxt.parse import parse
from netdef.prototxt.path import Slot, Step, find, parse_path
from netdef.prototxt.strings import quote
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Message, Scalar, Value


def assign(root: Message, path: str, text: str, is_text: Callable[[Sequence[str]], bool] | None = None) -> None:
    """Set a field of the tree to the value that ``text`` spells; missing blocks on the way are added.

    Text that is no value of the format, such as the path of a file, is put into quotes; so is any text for a field
    that holds a string now, or that ``is_text`` knows to hold one by the names on its path. ``[a, b]`` replaces all
    values of a repeated field, and a number one past the last adds a value.

    Raises:
        UsageError: the path leads nowhere or to several values, or the text is a broken block, list or string.
    """
    origin = Place(f"{path}={text}", 1, 1)
    *way, last = parse_path(path)
    try:
        block = root
        for step in way:
            block = _entered(block, step, origin)
        names = [step.field for step in (*way, last)]
        _put(block, last, text, is_text is not None and is_text(names), origin)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _entered(block: Message, step: Step, origin: Place) -> Message:
    slot = find(block, step)
    if slot is None:
        inner = Message([], origin, origin)
        block.fields.append(Field(step.field, inner, origin))
        return inner
    if not isinstance(slot.value, Message):
        raise UsageError(f"{step.field} is no block")
    return slot.value


def _put(block: Message, step: Step, text: str, is_text: bool, origin: Place) -> None:
    if text.startswith("[") and not step.which:
        _put_list(block, step.field, _spelled(step.field, text, False, origin), origin)
        return
    slot = find(block, step)
    value = _spelled(step.field, text, is_text or _holds_string(slot), origin)
    if slot is None:
        block.fields.append(Field(step.field, value, origin))
    else:
        slot.put(value)


def _put_list(block: Message, name: str, value: Value, origin: Place) -> None:
    there = block.named(name)
    if not there:
        block.fields.append(Field(name, value, origin))
        return
    there[0].value = value
    block.fields = [field for field in block.fields if field is there[0] or field.name != name]


def _holds_string(slot: Slot | None) -> bool:
    return slot is not None and isinstance(slot.value, Scalar) and slot.value.kind is Kind.STRING


def _spelled(name: str, text: str, is_text: bool, origin: Place) -> Value:
    """Return the value that a text spells; text that spells none stands for itself."""
    literal = text[:1] in ("{", "<", "[", '"', "'")
    if not is_text or literal:
        try:
            fields = parse(f"{name}: {text}\n", origin.file).fields
            if len(fields) == 1 and not fields[0].behind:
                return fields[0].value
        except DefinitionError as error:
            if literal:
                raise UsageError(f"{text} cannot be read: {error.problems[0].message}") from None
    return Scalar(Kind.STRING, quote(text), origin, text.encode())
