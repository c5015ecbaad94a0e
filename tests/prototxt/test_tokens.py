"""Text to tokens, with places, comments and what cannot be read."""

import pytest

from netdef.prototxt.tokens import Kind, tokenize


def words(text: str) -> list[tuple[str, str]]:
    tokens, problems = tokenize(text, "f")
    assert not problems
    assert tokens[-1].kind is Kind.END
    return [(str(token.kind), token.text) for token in tokens[:-1]]


def complaints(text: str) -> list[str]:
    return [str(problem) for problem in tokenize(text, "f")[1]]


@pytest.mark.parametrize("word", ["name", "_x1", "kernel-size", "a+b", "inf", "True"])
def test_names_may_hold_signs(word: str) -> None:
    assert words(word) == [("name", word)]


@pytest.mark.parametrize(
    "word", ["0", "-1", "+1", "0x1F", "017", "1.5", ".5", "1.", "1e-5", "1.f", "-inf", "1-2", "1.2.3", "-"]
)
def test_numbers_reach_as_far_as_their_characters(word: str) -> None:
    assert words(word) == [("number", word)]


@pytest.mark.parametrize("word", ['""', "''", '"a"', '"it\'s"', r'"a\"b"', r'"a\\"', '"#"', r"'\''"])
def test_strings_end_at_their_own_quote(word: str) -> None:
    assert words(word) == [("string", word)]


@pytest.mark.parametrize("word", ["${i}", "${ 4 * w }", "${}", "${a b # c}"])
def test_expressions_reach_to_their_brace(word: str) -> None:
    assert words(f"{word}{word}") == [("expression", word)] * 2


@pytest.mark.parametrize("word", ["{{SIZE}}", "{{ size.width }}", "$SIZE$"])
def test_placeholders_of_templates_are_names(word: str) -> None:
    assert words(word) == [("name", word)]


def test_marks_need_no_blanks() -> None:
    assert [text for _, text in words("a{b<c:[1,2];>}d=.x/y")] == [
        "a", "{", "b", "<", "c", ":", "[", "1", ",", "2", "]", ";", ">", "}", "d", "=", ".", "x", "/", "y",
    ]  # fmt: skip


def test_places_count_from_one() -> None:
    tokens, _ = tokenize("a: 1\n\n\t bé: 'x'", "f")
    assert [(token.text, token.line, token.column) for token in tokens[:4]] == [
        ("a", 1, 1),
        (":", 1, 2),
        ("1", 1, 4),
        ("b", 3, 3),
    ]
    assert (tokens[-1].line, tokens[-1].column) == (3, 10)


def test_a_token_knows_the_comments_before_it() -> None:
    tokens, _ = tokenize("# one\na # two  \n# three", "f")
    assert [[(comment.text, comment.line) for comment in token.comments] for token in tokens] == [
        [("# one", 1)],
        [("# two", 2), ("# three", 3)],
    ]


def test_a_carriage_return_is_a_blank() -> None:
    assert words("a\r\nb\r\n") == [("name", "a"), ("name", "b")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: @ b", 'f:1:4: unexpected character "@"'),
        ("a: 卷积层 b", 'f:1:4: unexpected characters "卷积层"'),
        ("a: \x07 b", "f:1:4: unexpected character U+0007"),
        ("a: ${b\nc", "f:1:4: ${b does not end on its line\n    close it with }"),
        ("a: $b", 'f:1:4: unexpected character "$"'),
        ('a: "b\nc', 'f:1:4: the string "b does not end on its line\n    close it with "'),
        ("a: “b”", 'f:1:4: “b” stands in typographic quotes\n    write "b"'),
        ("// b", "f:1:1: // b is no comment here\n    comments begin with # and end with the line"),
        ("/* b */", "f:1:1: /* b */ is no comment here\n    comments begin with # and end with the line"),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_place(text: str, complaint: str) -> None:
    assert complaints(text) == [complaint]


def test_lines_of_an_unfinished_merge_are_named_and_what_is_between_them_read() -> None:
    text = "a: 1\n<<<<<<< HEAD\nb: <>\n=======\nc: 2\n>>>>>>> a/branch\n"
    marks = ("f:2:1: <<<<<<< HEAD", "f:4:1: =======", "f:6:1: >>>>>>> a/branch")
    hint = "keep one of the two versions, and no line of <<<<<<<, ======= or >>>>>>>"
    assert complaints(text) == [f"{mark} is left of an unfinished merge\n    {hint}" for mark in marks]
    assert [token.text for token in tokenize(text, "f")[0] if token.kind is Kind.NAME] == ["a", "b", "c"]


def test_every_problem_of_a_text_is_found() -> None:
    assert len(complaints('@\n"a\n“b”\n// c\n$')) == 5


@pytest.mark.parametrize(
    ("text", "repaired"), [('"ab', '"ab"'), ('"ab\\', '"ab"'), ("'ab", "'ab'"), ('“a"\\b”', r'"a\"\\b"')]
)
def test_broken_strings_go_on_as_strings(text: str, repaired: str) -> None:
    tokens, _ = tokenize(text, "f")
    assert [(token.kind, token.text) for token in tokens[:-1]] == [(Kind.STRING, repaired)]


def test_a_long_run_of_blanks_takes_no_time() -> None:
    assert words(" " * 200_000 + "a" + " " * 200_000) == [("name", "a")]
