import re
from collections.abc import Sequence

import pytest

from netdef.draw.palette import shaded
from netdef.draw.render import render
from netdef.draw.schedule import DARK, HEIGHT, LIGHT, WAITING, WIDTH, idle, schedule_dot
from netdef.graph.schedule import Entry

# Two stages, three micro-batches; a backward pass takes twice as long as a forward one.
ENTRIES = [
    *(Entry(0, ("0",), micro, False, 10 * micro, 10 * micro + 10) for micro in range(3)),
    *(Entry(1, ("1",), micro, False, 10 * micro + 10, 10 * micro + 20) for micro in range(3)),
    *(Entry(1, ("1",), micro, True, 80 - 20 * micro, 100 - 20 * micro) for micro in range(3)),
    *(Entry(0, ("0",), micro, True, 100 - 20 * micro, 120 - 20 * micro) for micro in range(3)),
]


def bars(source: str) -> list[list[tuple[int, str, str]]]:
    """Return width, colour and number of what each device does, device by device."""
    rows = re.findall(r'CELLSPACING="0" CELLPADDING="0"><TR>(.*?)</TR>', source)
    cell = rf'WIDTH="(\d+)" HEIGHT="{HEIGHT}" BGCOLOR="([^"]*)">(.*?)</TD>'
    return [[(int(width), fill, re.sub("<[^>]*>", "", words)) for width, fill, words in re.findall(cell, line)]
            for line in rows]  # fmt: skip


def drawn(entries: Sequence[Entry]) -> list[list[tuple[int, str, str]]]:
    return bars(schedule_dot(entries, ["0", "1"], "net"))


def test_each_device_has_a_row_of_the_same_length() -> None:
    assert [sum(width for width, _, _ in line) for line in drawn(ENTRIES)] == [WIDTH, WIDTH]


def test_bars_have_the_colour_of_their_micro_batch_dark_on_the_way_back() -> None:
    first, _ = drawn(ENTRIES)
    tenth = WIDTH // 12
    assert first == [
        *((tenth, LIGHT[micro], str(micro)) for micro in range(3)),
        (3 * tenth, WAITING, ""),
        *((2 * tenth, shaded(LIGHT[micro], DARK), str(micro)) for micro in (2, 1, 0)),
    ]


def test_how_long_devices_wait() -> None:
    assert idle(ENTRIES, ["0"]) == pytest.approx(0.25)
    assert idle(ENTRIES, ["0", "1"]) == pytest.approx(0.25)
    assert idle([Entry(0, ("0",), 0, False, 0, 30)], ["0", "1"]) == pytest.approx(0.5)
    assert idle([], ["0"]) == 0
    source = schedule_dot(ENTRIES, ["0", "1"], "net")
    assert "2 stages, 3 micro-batches: the devices wait 25% of the time" in source
    assert source.count("waits 25%") == 2


def test_a_stage_on_two_devices_is_in_both_rows() -> None:
    rows = drawn([Entry(0, ("0", "1"), 0, False, 0, 7), Entry(1, ("1",), 0, True, 7, 9)])
    assert [[words for _, _, words in line] for line in rows] == [["0", ""], ["0", "0"]]


def test_short_bars_bear_no_number() -> None:
    first, _ = drawn([Entry(0, ("0",), 0, False, 0, 5), Entry(0, ("0",), 11, False, 5, 2000)])
    assert [words for _, _, words in first] == ["", "11"]


def test_names_of_any_kind_can_be_drawn() -> None:
    entries = [Entry(0, ("<a&b>",), 0, False, 0, 3)]
    assert b"&lt;a&amp;b&gt;" in render(schedule_dot(entries, ["<a&b>"], "<net>\\N"), "svg")


def test_no_entries_make_empty_rows() -> None:
    assert drawn([]) == [[(WIDTH, WAITING, "")]] * 2
