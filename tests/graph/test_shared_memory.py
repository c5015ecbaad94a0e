from __future__ import annotations

import pytest

from netdef.graph.shared_memory import changed_in_caffe
from tests.graph.texts import IMAGES, graph, layer

RELU = layer("ReLU", "f", "f", name="r")
READER = layer("Power", "x", "p", name="later")


def changed(*texts: str) -> list[tuple[str, str, str]]:
    nodes = graph(IMAGES, *texts).nodes
    return [(writer.name, reader.name, read.name) for writer, reader, read in changed_in_caffe(nodes)]


@pytest.mark.parametrize(
    "sharer",
    [layer("Flatten", "x", "f"), layer("Reshape", "x", "f", "reshape_param { shape { dim: 0 dim: -1 } }")],
)
def test_what_is_read_behind_a_layer_in_place_under_another_name(sharer: str) -> None:
    assert changed(sharer, RELU, READER) == [("r", "later", "x")]


def test_the_tops_of_a_split_share_one_memory_and_flattened_ones_too() -> None:
    split = layer("Split", "x", "s,t")
    texts = [split, layer("Flatten", "s", "f"), RELU, layer("Power", "t", "p", name="later")]
    assert changed(*texts) == [("r", "later", "t")]


def test_what_is_read_before_or_made_from_what_was_written_is_right() -> None:
    flatten = layer("Flatten", "x", "f")
    assert changed(flatten, READER, RELU) == []
    assert changed(flatten, RELU, layer("Flatten", "f", "g"), layer("Power", "g", "p")) == []
    assert changed(flatten, layer("ReLU", "f", "g"), READER) == []


def test_without_shared_memory_nothing_is_changed() -> None:
    assert changed(layer("Power", "x", "f"), RELU, READER) == []
