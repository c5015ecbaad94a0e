from netdef.draw.columns import Column, lined_up, ruled

COLUMNS = [Column("name"), Column("count", numbers=True)]


def test_words_line_up_on_the_left_and_numbers_on_the_right() -> None:
    assert lined_up(COLUMNS, [["a", "1,000,000"], ["bcdef", "7"]]) == [
        "name       count",
        "a      1,000,000",
        "bcdef          7",
    ]


def test_the_last_row_has_the_sums() -> None:
    rule = "─" * len("name  count")
    assert ruled(COLUMNS, [["a", "3"], ["b", "4"], ["", "7"]]) == [
        "name  count",
        rule,
        "a         3",
        "b         4",
        rule,
        "          7",
    ]
