import re

from netdef.draw.page import page

SVG = b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "http://www.w3.org/svg11.dtd">\n<svg width="9pt"><g/></svg>\n'


def test_the_picture_stands_in_the_page() -> None:
    text = page(SVG, "LeNet")
    assert '<div id="stage"><svg width="9pt"><g/></svg>' in text
    assert "<title>LeNet</title>" in text


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"https?:|src=|<link|@import", page(SVG, "LeNet")) == []


def test_any_name_makes_a_title() -> None:
    assert "<title>&lt;/title&gt; $x &amp;</title>" in page(SVG, "</title> $x &")
    assert "<title>net</title>" in page(SVG, "")


def test_the_program_is_no_longer_a_template() -> None:
    assert "translate(${view.x}px, ${view.y}px)" in page(SVG, "")
