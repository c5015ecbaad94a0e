from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netdef.cli.log import LOGGER, TerminalHandler, file_handler, logging_to

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Run

GOLDEN = Path(__file__).parents[1] / "golden"
# What the scripts that come with Caffe look for (tools/extra/parse_log.py).
PARSE_LOG = {
    "iteration": re.compile(r"Iteration (\d+)"),
    "train": re.compile(r"Train net output #(\d+): (\S+) = ([\.\deE+-]+)"),
    "test": re.compile(r"Test net output #(\d+): (\S+) = ([\.\deE+-]+)"),
    "lr": re.compile(r"lr = ([-+]?[0-9]*\.?[0-9]+(?:[eE]?[-+]?[0-9]+)?)"),
    "share": re.compile(r"\(\* (\S+) = (\S+) loss\)"),
}
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


@pytest.fixture
def golden_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> Callable[..., Done]:
    """Run the solver that Caffe ran in tests/golden/cli, with snapshots elsewhere."""
    monkeypatch.chdir(GOLDEN)
    return lambda *words: run(
        *("train", "--solver", "cli/solver.prototxt", "--set", f"solver.snapshot_prefix={tmp_path}/snap"), *words
    )


def found(text: str) -> dict[str, list[object]]:
    """All that the scripts find, numbers as numbers."""
    return {what: [_number(each) for each in pattern.findall(text)] for what, pattern in PARSE_LOG.items()}


def _number(match: str | tuple[str, ...]) -> object:
    *words, last = [match] if isinstance(match, str) else match
    return (*words, pytest.approx(float(last), rel=2e-5, abs=2e-6))


def numbers(text: str) -> dict[str, list[object]]:
    return {
        what: [
            (*each[:-1], float(each[-1])) if isinstance(each, tuple) else (float(each),)
            for each in pattern.findall(text)
        ]
        for what, pattern in PARSE_LOG.items()
    }


def shared_lines(text: str) -> Iterator[str]:
    """The lines on iterations and outputs, which both logs have."""
    return (line for line in text.splitlines() if "Iteration" in line or "net output" in line)


def test_scripts_find_in_our_log_what_they_find_in_caffes(golden_log: Callable[..., Done]) -> None:
    ours = "\n".join(shared_lines(golden_log("--weights", "cli/init.caffemodel").err))
    caffes = "\n".join(line for line in shared_lines((GOLDEN / "cli/train.log").read_text()) if "MultiStep" not in line)
    assert len(numbers(ours)["test"]) == 15
    assert numbers(ours) == found(caffes)


def test_caffes_snapshot_resumes(golden_log: Callable[..., Done]) -> None:
    log = [line.split("] ", 1)[1] for line in golden_log("--snapshot", "cli/snap_iter_6.solverstate").err.splitlines()]
    caffes = [line for line in (GOLDEN / "cli/resume.log").read_text().splitlines() if "Iteration 6" in line]
    (theirs,) = (float(line.rsplit(" ", 1)[1]) for line in caffes if "loss" in line)
    (ours,) = (float(line.rsplit(" ", 1)[1]) for line in log if line.startswith("Iteration 6 ("))
    assert ours == pytest.approx(theirs, rel=2e-5)
