from __future__ import annotations

from benchmarks.scaling_page import BEGIN, END, PAGE, PICTURE, with_tables
from benchmarks.scaling_tables import tables


def test_the_page_has_the_tables_of_the_model() -> None:
    page = PAGE.read_text("utf-8")
    assert with_tables(page, tables()) == page
    assert PICTURE.exists()


def test_tables_take_the_place_of_those_before() -> None:
    page = f"a\n{BEGIN}\n\nold\n\n{END}\nb\n"
    assert with_tables(page, "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb\n"
