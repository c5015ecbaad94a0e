from __future__ import annotations

import re

import pytest

import netdef.pycaffe as caffe


def test_lines_go_to_standard_error_in_caffes_form(capsys: pytest.CaptureFixture[str]) -> None:
    caffe.log("two words")
    found = capsys.readouterr()
    assert found.out == ""
    assert re.fullmatch(r"I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ test_log\.py:\d+\] two words\n", found.err)


@pytest.mark.parametrize(("level", "lines"), [("0", 1), ("2", 0), ("nonsense", 1)])
def test_the_environment_may_silence_it(
    level: str, lines: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOG_minloglevel", level)
    caffe.log("words")
    assert len(capsys.readouterr().err.splitlines()) == lines


def test_init_log_sets_the_level_and_adds_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    caffe.init_log()
    caffe.init_log(0, True)
    caffe.log("once")
    assert len(capsys.readouterr().err.splitlines()) == 1
    caffe.init_log(9)
    caffe.log("never")
    assert capsys.readouterr().err == ""
