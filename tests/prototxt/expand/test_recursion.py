"""Blocks that use themselves."""

from netdef.prototxt.expand.writing import DEEPEST
from tests.prototxt.expand.expanding import complaints, written


def block(name: str, *uses: str) -> str:
    return f'block {{ name: "{name}" {" ".join(uses)} }}\n'


def use(name: str) -> str:
    return f'use {{ block: "{name}" }}'


def test_a_block_that_uses_itself() -> None:
    text = block("a", use("a")) + use("a")
    assert complaints(text) == ['f:1:19: block "a" uses itself, and would have no end\n    "a" uses "a"']


def test_a_circle_by_way_of_others_and_of_a_repeat() -> None:
    inside = f'repeat {{ index: "i" times: 2 {use("c")} }}'
    text = block("a", use("b")) + block("b", inside) + block("c", use("a"), use("leaf")) + block("leaf")
    (found,) = complaints(text)
    assert "uses itself, and would have no end" in found
    circle = found.splitlines()[1].strip().split(" uses ")
    assert circle[0] == circle[-1]
    assert set(circle) == {'"a"', '"b"', '"c"'}


def test_every_circle_is_told() -> None:
    text = block("a", use("a")) + block("b", use("c")) + block("c", use("b")) + use("b")
    assert len(complaints(text)) == 2


def test_a_block_may_be_used_twice_and_before_its_definition() -> None:
    layer = 'layer { name: "x" }'
    text = use("a") + block("a", use("b"), use("c")) + block("b", use("c")) + block("c", layer)
    assert written(text) == f"{layer}\n{layer}\n"


def test_a_long_chain_of_blocks_is_no_circle() -> None:
    text = "".join(block(f"b{n}", use(f"b{n + 1}")) for n in range(3000)) + block("b3000") + use("b0")
    (found,) = complaints(text)
    assert found.startswith(f"f:{DEEPEST}:21 (used at f:{DEEPEST - 1}:21, from ")
    assert found.endswith(f", from f:3002:1): uses and repeats stand within one another more than {DEEPEST} deep")
