import argparse
from pathlib import Path

import pytest

from netdef.cli.state import add_state_flags, state
from netdef.schema import netdef_pb2 as schema
from tests.cli.conftest import Run


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_state_flags(parser, "TEST")
    return parser


def test_what_the_flags_say_wins(parser: argparse.ArgumentParser) -> None:
    given = parser.parse_args(["--phase", "train", "--stage", "a, b", "--level", "3"])
    assert state(given, "TEST") == schema.NetState(phase=schema.TRAIN, stage=["a", "b"], level=3)


def test_without_flags(parser: argparse.ArgumentParser) -> None:
    assert state(parser.parse_args([]), "TEST") == schema.NetState(phase=schema.TEST, level=0)


STAGED = """
layer { name: "small" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { stage: "small" } }
layer { name: "narrow" type: "ReLU" bottom: "x" top: "y" include { stage: "one" stage: "two" } }
layer { name: "last" type: "ReLU" bottom: "y" top: "z" }
"""


def test_check_looks_at_the_stages_that_are_asked_for(tmp_path: Path, run: Run) -> None:
    net = tmp_path / "net.prototxt"
    net.write_text(STAGED)
    assert 'include { stage: "one" stage: "two" }' in run("check", net).out
    assert run("check", net, "--stage", "small,one,two").code == 0
    assert run("check", net, "--stage", "small,one", "--phase", "TRAIN").code == 1
