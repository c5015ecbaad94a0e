from __future__ import annotations

from docs.generator.docstrings import docstring


class Example:
    """Do one thing, and
    do it well.

    y = a * x

    It is said that a * b is ``b * a``.

    Bottom: N×C, of any
    length. Top: the same.
    Raises: ShapeError: never.
    """


def test_the_parts_of_a_docstring() -> None:
    text = docstring(Example)
    assert text.sentence == "Do one thing, and do it well."
    assert text.parts == {"Bottom": "N×C, of any length.", "Top": "the same.", "Raises": "ShapeError: never."}


def test_formulas_are_code_and_other_paragraphs_are_text() -> None:
    formula, prose = docstring(Example).body().split("\n\n")
    assert formula == "```text\ny = a * x\n```"
    assert prose == r"It is said that a \* b is `b * a`."


def test_a_class_without_a_docstring_has_nothing_to_say() -> None:
    class Silent:
        __doc__ = None

    assert docstring(Silent).body() == ""
