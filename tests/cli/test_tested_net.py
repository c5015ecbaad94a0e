from __future__ import annotations

import argparse

import pytest

from netdef.cli.tested_net import add_net_flags, check_nets
from netdef.errors import UsageError


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_net_flags(parser)
    return parser.parse_args(words)


def test_nets_come_in_order_with_their_weights() -> None:
    arguments = parsed("--model", "a", "--weights", "x", "--model", "b", "--weights", "y")
    check_nets(arguments)
    assert list(zip(arguments.model, arguments.weights, strict=True)) == [("a", "x"), ("b", "y")]


def test_each_net_has_its_weights() -> None:
    with pytest.raises(UsageError, match="1 --model and 2 --weights: give one --weights for each --model"):
        check_nets(parsed("--model", "a", "--weights", "x", "--weights", "y"))
