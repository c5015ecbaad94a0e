import io
import sys

import pytest

from netdef.cli.counting import counting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_there_are_caffes_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with counting("images", every=10) as count:
        for done in range(1, 26):
            count(done, 25)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("] ")[1] for line in lines] == [f"Processed {done} files." for done in (10, 20, 25)]


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    with counting("images", every=10) as count:
        count(7, 25)
    assert "images" in terminal.getvalue()
    assert "7/25" in terminal.getvalue()
    assert "Processed" not in terminal.getvalue()
