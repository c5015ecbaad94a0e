from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from netdef.cli.log import LOGGER, TerminalHandler, file_handler, logging_to

LINE = re.compile(r"([IWE])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) +(\d+) (\S+):(\d+)\] (.*)")


def test_lines_have_caffes_form(tmp_path: Path) -> None:
    with logging_to(file_handler(tmp_path / "run" / "train.log")):
        LOGGER.info("Solving %s", "tiny")
        LOGGER.warning("careful")
        LOGGER.error("first\nsecond")
    lines = (tmp_path / "run" / "train.log").read_text().splitlines()
    matches = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert [(each[0], each[-1]) for each in matches] == [
        ("I", "Solving tiny"),
        ("W", "careful"),
        ("E", "first"),
        ("E", "second"),
    ]
    assert {each[7] for each in matches} == {str(os.getpid())}
    assert {each[8] for each in matches} == {"test_log.py"}


def test_scripts_can_read_the_time(tmp_path: Path) -> None:
    """As extract_seconds.py of Caffe does: the day out of the first word, the time out of the second."""
    with logging_to(file_handler(tmp_path / "train.log")):
        LOGGER.info("Solving tiny")
    first, second, *_ = (tmp_path / "train.log").read_text().split()
    assert 1 <= int(first[1:3]) <= 12
    assert 1 <= int(first[3:]) <= 31
    assert len(first) == 5
    hours, minutes, seconds = second.split(":")
    assert (int(hours) < 24, int(minutes) < 60, float(seconds) < 60) == (True, True, True)


def test_a_file_is_written_on(tmp_path: Path) -> None:
    for word in ("one", "two"):
        with logging_to(file_handler(tmp_path / "train.log")):
            LOGGER.info("%s", word)
    assert [line.split("] ")[1] for line in (tmp_path / "train.log").read_text().splitlines()] == ["one", "two"]


def test_nothing_is_logged_after_the_block(tmp_path: Path) -> None:
    before = list(LOGGER.handlers)
    with logging_to(file_handler(tmp_path / "train.log")):
        pass
    LOGGER.error("late")
    assert (tmp_path / "train.log").read_text() == ""
    assert LOGGER.handlers == before


def test_the_terminal_is_what_standard_error_is_at_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(TerminalHandler()):
        LOGGER.info("hello")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("] hello\n")
