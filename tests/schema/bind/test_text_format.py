"""google.protobuf.text_format is the judge of what is read, and to which message."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from netdef.errors import Severity
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write
from netdef.schema.bind import examine
from netdef.schema.bind.fields import descriptor_of
from netdef.schema.netdef_pb2 import NetParameter, SolverParameter
from tests.schema.bind.messages import everything, messages

GOLDEN = Path(__file__).parents[2] / "golden"
STYLES: list[dict[str, Any]] = [
    {},
    {"as_one_line": True},
    {"use_short_repeated_primitives": True},
    {"pointy_brackets": True, "as_one_line": True},
    {"as_utf8": False},
    {"use_index_order": True, "force_colon": True},
]


# Where text_format itself errs: enum numbers run over at 32 bits, and a backslash before a character above U+00FF
# becomes an escape.
JUDGE_ERRS = re.compile(r"enum\W*[-+\d]\d{9}|\\[^\x00-\xff]")


def judged(text: str, message_class: type[Message]) -> Message | None:
    """Return what text_format reads, None where it refuses or a required field is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it warns of some escapes in strings
        try:
            message = text_format.Parse(text, message_class())
        except text_format.ParseError:
            return None
    return message if message.IsInitialized() else None


def ours(text: str, message_class: type[Message]) -> Message | None:
    bound = examine(text, "text", message_class)
    errors = [problem for problem in bound.problems if problem.severity is Severity.ERROR]
    return None if errors else bound.message


def assert_agreement(text: str, message_class: type[Message]) -> None:
    if JUDGE_ERRS.search(text):
        return
    expected, found = judged(text, message_class), ours(text, message_class)
    assert (expected is None) == (found is None), f"text_format {'refuses' if expected is None else 'reads'} {text!r}"
    if expected is not None and found is not None:
        # NaN equals nothing, so the bytes are compared.
        assert expected.SerializeToString(deterministic=True) == found.SerializeToString(deterministic=True)


def assert_formatting_keeps(text: str, message_class: type[Message]) -> None:
    read, reread = ours(text, message_class), ours(write(parse(text, "text")), message_class)
    assert read is not None
    assert reread is not None
    assert read.SerializeToString(deterministic=True) == reread.SerializeToString(deterministic=True)


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.prototxt")), ids=lambda path: str(path.relative_to(GOLDEN)))
def test_golden_files_read_to_the_same_message(path: Path) -> None:
    text = path.read_text()
    message_class = SolverParameter if "base_lr" in text else NetParameter
    assert_agreement(text, message_class)
    assert_formatting_keeps(text, message_class)


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(STYLES))
def test_printed_messages_are_read_back(data: st.DataObject, style: dict[str, Any]) -> None:
    classes: list[type[Message]] = [NetParameter, SolverParameter, everything()]
    message_class = data.draw(st.sampled_from(classes))
    message = data.draw(messages(message_class))
    text = text_format.MessageToString(message, **style)
    assert_agreement(text, message_class)
    assert_formatting_keeps(text, message_class)


VOCABULARY = r"""
{ } < > [ ] : ; , . / = + - # " ' \n \x \777 \u00e9
0 1 -1 +1 - 1_000 010 08 00 -0 7 8 -3 0x1F -0x1f 0b11 0o17 2147483648 -2147483649 4294967295 18446744073709551616
1. .5 1.f 1ff 1e5 1e39 1e400 1.5.2 00.5 inf -inf infinity inff -inff +inff INF nan nanf -nanf NaN
true false True False t f TRUE RED GREEN
"a" 'b' "1" "true" "RED" "\q" "\x4" "\xff" "\303\251" "\ud800" "\u00e9" "é" é ٣
one_int32 one_uint64 one_float one_bool one_string one_bytes one_enum one_message many_int32 many_string many_message
needed text outer [test.ext] [type.googleapis.com/test.Inner]
"""
WORDS = VOCABULARY.split()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_messages_are_judged_alike(data: st.DataObject) -> None:
    message = data.draw(messages(everything(), depth=2))
    style = data.draw(st.sampled_from(STYLES))
    words = text_format.MessageToString(message, **style).split(" ")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(words)))
        change = data.draw(st.sampled_from(["insert", "delete", "replace", "double"]))
        if change == "insert":
            words[at:at] = [data.draw(st.sampled_from(WORDS))]
        elif change == "delete":
            del words[at : at + 1]
        elif change == "replace":
            words[at : at + 1] = [data.draw(st.sampled_from(WORDS))]
        else:
            words[at:at] = words[max(0, at - 2) : at]
    assert_agreement(" ".join(words), everything())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_characters_are_judged_alike(data: st.DataObject) -> None:
    message = data.draw(messages(everything(), depth=2))
    text = text_format.MessageToString(message)
    at = data.draw(st.integers(0, len(text)))
    odd = data.draw(st.sampled_from([*"\\\"'{}<>[]:;,.#=-+/_0x1ef \n\t\r\x00", "é", "\u2028", "“", "\ufeff"]))
    assert_agreement(text[:at] + odd + text[at + data.draw(st.integers(0, 2)) :], everything())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(["one", "many"]), st.data())
def test_any_words_as_a_value_are_judged_alike(words: list[str], count: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([field.name.split("_")[1] for field in descriptor_of(everything()).fields]))
    glue = data.draw(st.sampled_from([" ", "\n", ""]))
    assert_agreement(f"{count}_{kind}: {glue.join(words)}", everything())
    assert_agreement(f"{count}_{kind}: [{','.join(words)}]", everything())


@pytest.mark.parametrize("field", [field.name for field in descriptor_of(everything()).fields])
def test_every_word_as_every_value(field: str) -> None:
    for word in WORDS:
        assert_agreement(f"{field}: {word}", everything())


@pytest.mark.parametrize(
    "text",
    [
        "one_enum: 4294967296",  # text_format lets the number run over to 0, which is RED
        'one_string: "\\N{DIGIT ONE}"',  # an escape of Python's, which text_format lets through
        "one_message { needed: 1 outer { " * 51 + "} }" * 51,  # deeper than any schema of ours
    ],
)
def test_refused_although_text_format_reads_it(text: str) -> None:
    assert judged(text, everything()) is not None
    assert ours(text, everything()) is None
