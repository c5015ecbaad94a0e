"""Words for lists."""

import pytest

from netdef.schema.bind.words import either


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_either(words: list[str], text: str) -> None:
    assert either(words) == text
