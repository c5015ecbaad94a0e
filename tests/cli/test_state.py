import argparse

import pytest

from netdef.cli.state import add_state_flags, state
from netdef.schema import netdef_pb2 as schema


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
