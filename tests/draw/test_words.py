import pytest

from netdef.draw.words import exact, in_bytes, printable, rounded, short, state_words
from netdef.schema import netdef_pb2 as schema


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "?"),
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (34_944, "34.9 k"),
        (999_499, "999 k"),
        (999_999, "1.00 M"),
        (724_406_816, "724 M"),
    ],
)
def test_rounded(number: int | None, words: str) -> None:
    assert rounded(number) == words


def test_exact() -> None:
    assert exact(60_965_224) == "60,965,224"
    assert exact(None) == "?"


def test_in_bytes() -> None:
    assert in_bytes(243_860_896) == "244 MB"


@pytest.mark.parametrize(
    ("text", "words"), [("conv1", "conv1"), ("a\nb", r"a\nb"), ("\x07", r"\x07"), ("Größe 層", "Größe 層")]
)
def test_printable(text: str, words: str) -> None:
    assert printable(text) == words


def test_short_keeps_both_ends() -> None:
    assert short("abcdefghij", 7) == "abc…hij"
    assert short("abcdefg", 7) == "abcdefg"


def test_state_words() -> None:
    assert state_words(schema.NetState(phase=schema.TRAIN, stage=["a", "b"], level=2)) == (
        "phase TRAIN, stage a, stage b, level 2"
    )


def test_states_with_stages_are_told_apart() -> None:
    states = (schema.NetState(phase=schema.TRAIN), schema.NetState(phase=schema.TEST, stage=["b"]))
    assert state_words(*states) == "phases TRAIN; TEST, stage b"
