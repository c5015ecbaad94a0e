"""The page of networks has a row for each, with the numbers that the tests hold."""

from __future__ import annotations

import re
from pathlib import Path

from tests.networks import NETWORKS

PAGE = (Path(__file__).parents[2] / "docs" / "networks.md").read_text("utf-8")
ROW = re.compile(
    r"^\| \[([\w.]+)\]\(\.\./models/[\w.]+\.prototxt\) \|.*\| ([\d,]+) \| ([\d,]+) \| .* \|$", re.MULTILINE
)


def test_the_table_has_every_network_and_its_sizes() -> None:
    rows = {name: (params, macs) for name, params, macs in ROW.findall(PAGE)}
    assert rows == {name: (f"{network.params:,}", f"{network.macs:,}") for name, network in NETWORKS.items()}


def test_every_network_has_its_picture() -> None:
    assert set(re.findall(r"\(pictures/([\w.]+)\.svg\)", PAGE)) == set(NETWORKS)
