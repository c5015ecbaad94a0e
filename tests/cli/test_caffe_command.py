from pathlib import Path

import pytest

from netdef.cli.caffe_command import caffe


def test_without_a_command_there_is_a_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert caffe([]) == 1
    err = capsys.readouterr().err
    assert err.startswith("usage: caffe COMMAND [flags]")
    commands = [line.split()[0] for line in err.splitlines() if line.startswith("  ")]
    assert commands == ["train", "test", "time", "device_query"]


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert caffe(["nonsense", "-solver=x"]) == 1
    assert capsys.readouterr().err.endswith("Unknown action: nonsense\n")


def test_verbs_that_caffe_does_not_have_are_no_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert caffe(["check", "x"]) == 1
    assert "Unknown action: check" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["time", "-model", "x.prototxt"], ["-model=x.prototxt", "time"], ["-model", "x.prototxt", "time"]]
)
def test_flags_may_stand_before_the_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert caffe(words) == 1
    assert capsys.readouterr().err == "x.prototxt: no such file\n"


def test_training_without_a_solver_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        caffe(["train"])
    assert stop.value.code == 2
    assert "the following arguments are required: --solver" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        (["test", "-model", "x.prototxt", "-weights", "w", "-phase", "TEST"], "caffe test: -phase"),
        (["test", "--sigint-effect=stop", "-model=x.prototxt", "-weights=w"], "caffe test: -sigint_effect"),
        (["-solver=s", "time", "-model", "x.prototxt"], "caffe time: -solver"),
    ],
)
def test_flags_of_other_commands_say_nothing(words: list[str], unused: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert caffe(words) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"{unused} says nothing here\n")
    assert "x.prototxt: no such file" in err
