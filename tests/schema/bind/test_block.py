"""How messages name the place of a field in its net."""

import pytest

from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Message
from netdef.schema.bind.block import Block
from netdef.schema.bind.fields import descriptor_of
from netdef.schema.netdef_pb2 import NetParameter


def innermost(text: str) -> Block:
    """Return the chain of the first block in the first block and so on."""
    block = Block(parse(text, "f"), descriptor_of(NetParameter))
    while inner := [field for field in block.tree.fields if isinstance(field.value, Message)]:
        assert isinstance(inner[0].value, Message)
        block = Block(inner[0].value, block.descriptor, inner[0].name, block)
    return block


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("layer { name: 'a' type: \"ReLU\" }", 'layer "a" (ReLU): '),
        ("layers { name: 'a' type: RELU }", 'layer "a" (RELU): '),
        ("layer { type: 'ReLU' x { y { } } }", "layer (ReLU): "),
        ("layer { name: 'a' }", 'layer "a": '),
        ("layer { }", "layer: "),
        ("layers { layer { name: 'in' type: 'conv' } }", 'layer "in" (conv): '),
        ("net_param { layer { name: 'a' } }", 'layer "a": '),
        ("state { phase: TEST }", ""),
        ("", ""),
    ],
)
def test_subject(text: str, subject: str) -> None:
    assert innermost(text).subject() == subject


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("", "z"),
        ("a { b { } }", "a.b.z"),
        ("layer { a { b { } } }", "a.b.z"),
        ("layer { }", "z"),
        ("a { layer { b { } } }", "b.z"),
    ],
)
def test_dotted(text: str, dotted: str) -> None:
    assert innermost(text).dotted("z") == dotted


def test_outwards() -> None:
    assert [block.name for block in innermost("a { b { } }").outwards()] == ["b", "a", ""]
