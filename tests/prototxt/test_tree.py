"""What a tree knows about itself."""

from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Message, elements


def test_named_keeps_the_order_of_the_file() -> None:
    root = parse("a: 1 b: 2 a: 3", "f")
    assert [field.place.column for field in root.named("a")] == [1, 11]


def test_a_block_knows_whether_it_was_written_on_one_line() -> None:
    one, many = (field.value for field in parse("a { b: 1 }\nc {\n}", "f").fields)
    assert isinstance(one, Message)
    assert isinstance(many, Message)
    assert (one.on_one_line, many.on_one_line) == (True, False)


def test_elements_of_lists_and_single_values() -> None:
    listed, single = parse("a: [1, 2] b: 3", "f").fields
    assert len(elements(listed.value)) == 2
    assert elements(single.value) == [single.value]
