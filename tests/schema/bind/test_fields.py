"""The rules of a message's fields."""

import pytest

from netdef.errors import Place
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Scalar
from netdef.schema.bind.fields import descriptor_of, holds_text, integer_range, rules_of
from netdef.schema.netdef_pb2 import NetParameter, SolverParameter
from tests.schema.bind.messages import everything

RULES = rules_of(descriptor_of(everything()))


def converted(field: str, text: str, kind: Kind = Kind.NUMBER) -> object:
    convert = RULES[field].convert
    assert convert is not None
    return convert(Scalar(kind, text, Place("f", 1, 1), text.encode()))


@pytest.mark.parametrize(
    ("field", "least", "greatest"),
    [
        ("one_int32", -(2**31), 2**31 - 1),
        ("one_sfixed64", -(2**63), 2**63 - 1),
        ("one_uint32", 0, 2**32 - 1),
        ("one_fixed64", 0, 2**64 - 1),
    ],
)
def test_integers_end_at_their_bits(field: str, least: int, greatest: int) -> None:
    assert integer_range(RULES[field].type) == (least, greatest)
    assert (converted(field, str(least)), converted(field, str(greatest))) == (least, greatest)
    for beyond in (least - 1, greatest + 1):
        with pytest.raises(ValueError, match=f"^{beyond} is out of range$"):
            converted(field, str(beyond))


def test_other_types_have_no_range() -> None:
    assert integer_range(RULES["one_float"].type) is None


def test_enums_by_name_and_by_number() -> None:
    assert [converted("one_enum", word) for word in ("GREEN", "7", "0x7", "-3")] == [7, 7, 7, -3]
    with pytest.raises(ValueError, match=r"^8 is no value of Colour$"):
        converted("one_enum", "8")


def test_strings_must_be_quoted() -> None:
    assert converted("one_string", "a", Kind.STRING) == "a"
    assert converted("one_bytes", "a", Kind.STRING) == b"a"
    with pytest.raises(ValueError, match=r"^not in quotes$"):
        converted("one_string", "a", Kind.NAME)


def test_blocks_have_no_conversion() -> None:
    assert RULES["one_message"].convert is None
    assert RULES["one_message"].block is not None


@pytest.mark.parametrize(
    ("message", "names", "expected"),
    [
        (SolverParameter, ["lr_policy"], True),
        (SolverParameter, ["base_lr"], False),
        (SolverParameter, ["net_param", "layer", "type"], True),
        (NetParameter, ["layers", "type"], False),
        (NetParameter, ["layer", "nothing", "type"], False),
        (NetParameter, ["name", "type"], False),
    ],
)
def test_holds_text(message: type[NetParameter] | type[SolverParameter], names: list[str], expected: bool) -> None:
    assert holds_text(message, names) is expected
