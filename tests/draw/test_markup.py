from netdef.draw.markup import escaped, name_words, small


def test_escaped() -> None:
    assert escaped('<a> & "b"') == "&lt;a&gt; &amp; &quot;b&quot;"
    assert escaped(r"\N") == r"\\N"


def test_name_words() -> None:
    assert name_words("") == "(no name)"
    assert name_words("a\tb") == r"a\tb"
    assert len(name_words("x" * 99)) == 40


def test_small_escapes() -> None:
    assert small("<") == '<FONT POINT-SIZE="9" COLOR="#333333">&lt;</FONT>'
