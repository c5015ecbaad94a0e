from __future__ import annotations

from docs.generator.markdown import anchor, page, plain, table


def test_what_markdown_would_take_for_markup_is_escaped() -> None:
    assert plain("a * b | <prefix>_iter_<n>") == r"a \* b \| &lt;prefix>_iter_&lt;n>"


def test_code_stays_as_it_is() -> None:
    assert plain("``a*b`` and `<n>`, a*b") == r"`a*b` and `<n>`, a\*b"


def test_a_table_has_a_line_below_its_head() -> None:
    assert table(("a", "b"), [("1", "2"), ("3", "4")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"


def test_anchors_are_those_of_headings() -> None:
    assert anchor("Which layers, if any, take part_now?") == "which-layers-if-any-take-part_now"


def test_a_page_ends_with_one_line_break_and_leaves_out_what_is_empty() -> None:
    text = page("# A\n", "", "b")
    assert text.endswith("# A\n\nb\n")
    assert text.startswith("<!-- Made by")
