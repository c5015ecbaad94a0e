import argparse

import pytest

from netdef.cli.flags import as_argparse


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resize-width", type=int)
    parser.add_argument("--weights")
    parser.add_argument("--gray", action="store_true")
    parser.add_argument("-o", "--output")
    parser.add_argument("paths", nargs="*")
    return parser


@pytest.mark.parametrize(
    "words",
    [
        ["--resize-width=7"],
        ["--resize_width=7"],
        ["-resize_width=7"],
        ["-resize-width", "7"],
        ["--resize_width", "7"],
    ],
)
def test_every_form_of_a_flag_is_the_same(parser: argparse.ArgumentParser, words: list[str]) -> None:
    assert parser.parse_args(as_argparse(parser, words)).resize_width == 7


@pytest.mark.parametrize(
    ("word", "on"),
    [
        ("-gray", True),
        ("--gray=true", True),
        ("-gray=1", True),
        ("--gray=false", False),
        ("-gray=0", False),
        ("--nogray", False),
        ("-nogray", False),
    ],
)
def test_switches_are_set_as_gflags_sets_them(parser: argparse.ArgumentParser, word: str, on: bool) -> None:
    assert parser.parse_args(as_argparse(parser, [word])).gray is on


def test_a_value_of_a_switch_that_is_none_is_refused(
    parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(as_argparse(parser, ["--gray=maybe"]))
    assert "ignored explicit argument 'maybe'" in capsys.readouterr().err


def test_values_keep_their_underscores_dashes_and_equals_signs(parser: argparse.ArgumentParser) -> None:
    words = ["-weights=a_b-c=d.caffemodel", "x_y.prototxt", "-o", "-"]
    parsed = parser.parse_args(as_argparse(parser, words))
    assert (parsed.weights, parsed.paths, parsed.output) == ("a_b-c=d.caffemodel", ["x_y.prototxt"], "-")


def test_what_stands_behind_two_dashes_is_left_alone(parser: argparse.ArgumentParser) -> None:
    assert as_argparse(parser, ["-gray", "--", "-gray", "-no_flag"]) == ["--gray", "--", "-gray", "-no_flag"]


def test_an_unknown_flag_is_still_refused(parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(as_argparse(parser, ["-resize_depth=7"]))
    assert "unrecognized arguments: -resize_depth=7" in capsys.readouterr().err


def test_flags_of_caffes_log_library_say_nothing(parser: argparse.ArgumentParser) -> None:
    words = ["--logtostderr=1", "-alsologtostderr", "--log_dir=logs", "-gray"]
    assert as_argparse(parser, words) == ["--gray"]


def test_values_of_flags_of_the_log_go_with_them(parser: argparse.ArgumentParser) -> None:
    words = ["-log_dir", "logs", "x.prototxt", "--minloglevel", "2", "-v=1", "y.prototxt", "-stderrthreshold"]
    assert as_argparse(parser, words) == ["x.prototxt", "y.prototxt"]
