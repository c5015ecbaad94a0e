"""Walking over tokens: comments are handed out once, and blocks can be skipped."""

from netdef.prototxt.cursor import Cursor
from netdef.prototxt.tokens import Kind


def test_take_stops_at_the_end() -> None:
    cursor = Cursor("a", "f")
    assert [cursor.take().kind for _ in range(3)] == [Kind.NAME, Kind.END, Kind.END]


def test_accept_takes_only_the_mark_asked_for() -> None:
    cursor = Cursor(": x", "f")
    assert not cursor.accept(";")
    assert cursor.accept(":")
    assert cursor.peek.text == "x"


def test_comments_above_come_with_the_blank_lines_between_them() -> None:
    cursor = Cursor("a\n# 1\n\n\n# 2\n\nb", "f")
    cursor.take()
    assert cursor.lines_above() == ["# 1", "", "# 2", ""]
    assert cursor.lines_above() == [""]


def test_a_comment_behind_is_not_above_the_next() -> None:
    cursor = Cursor("a # 1\n# 2\nb", "f")
    cursor.take()
    assert cursor.comment_behind() == "# 1"
    assert cursor.comment_behind() == ""
    assert cursor.lines_above() == ["# 2"]


def test_comments_that_nobody_asks_for_are_stray() -> None:
    cursor = Cursor("# 1\na # 2\nb", "f")
    cursor.take()
    cursor.take()
    assert cursor.stray_comments == ["# 1", "# 2"]


def test_starts_its_line() -> None:
    cursor = Cursor("  a b", "f")
    assert [cursor.starts_its_line(cursor.take()) for _ in range(2)] == [True, False]


def test_skip_line_goes_over_blocks_that_begin_on_it() -> None:
    cursor = Cursor("a { b\n{ c } } d\ne }", "f")
    cursor.skip_line(1)
    assert cursor.peek.text == "d"
    cursor.skip_line(2)
    assert cursor.peek.text == "e"
    cursor.skip_line(3)
    assert cursor.peek.text == "}"


def test_complaints_carry_their_place() -> None:
    cursor = Cursor("a\n b", "f")
    cursor.take()
    cursor.complain(cursor.peek, "odd", "mend it")
    assert [str(problem) for problem in cursor.problems] == ["f:2:2: odd\n    mend it"]
