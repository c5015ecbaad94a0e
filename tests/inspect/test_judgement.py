from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.inspect.judgement import Judgement
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer

PICTURES = layer(
    "Input", "", "x,label", "input_param { shape { dim: 2 dim: 1 dim: 4 dim: 5 } shape { dim: 2 } }", "data"
)
SCORES = layer("InnerProduct", "x", "scores", "inner_product_param { num_output: 3 }")
SOFTMAX = layer("Softmax", "scores", "chances")
ACCURACY = layer("Accuracy", "chances,label", "accuracy")


def net(*texts: str) -> Graph:
    return graph(*texts, phase=schema.TEST)


def judged() -> Judgement:
    """Two batches of two records, numbered from 10 on: right, right, 1 taken for 2, 2 taken for 0."""
    judgement = Judgement(net(PICTURES, SCORES, SOFTMAX, ACCURACY))
    chances = torch.tensor([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.8, 0.1, 0.1]])
    labels = torch.tensor([0.0, 1.0, 1.0, 2.0])
    images = torch.arange(4.0)[:, None, None, None].expand(4, 1, 4, 5)
    for rows in (slice(0, 2), slice(2, 4)):
        blobs = {"x": images[rows], "chances": chances[rows], "label": labels[rows]}
        judgement.add(blobs, np.arange(10, 14)[rows])
    return judgement


def test_batches_are_counted_together() -> None:
    judgement = judged()
    assert judgement.blobs == ("x", "chances", "label")
    assert judgement.records == 4
    assert judgement.tally.accuracy == {1: 0.5}
    assert judgement.tally.by_class == [(1, 1), (1, 2), (0, 1)]


def test_mistakes_have_their_pictures() -> None:
    mistakes = judged().mistakes.surest
    assert [mistake[:3] for mistake in mistakes] == [(13, 2, 0), (12, 1, 2)]
    assert [mistake.confidence for mistake in mistakes] == pytest.approx([0.8, 0.7])
    assert [mistake.image.mean() for mistake in mistakes if mistake.image is not None] == [3, 2]


def test_scores_become_probabilities() -> None:
    judgement = Judgement(net(PICTURES, SCORES, ACCURACY.replace('"chances"', '"scores"')))
    scores = torch.tensor([[1.0, 3.0, 0.0], [1.0, 0.0, 0.0]])
    blobs = {"x": torch.zeros(2, 1, 4, 5), "scores": scores, "label": torch.tensor([1.0, 1.0])}
    judgement.add(blobs, np.arange(2))
    (mistake,) = judgement.mistakes.surest
    assert mistake.confidence == pytest.approx(float(scores[1].softmax(0)[0]))


def test_places_of_a_picture_are_counted_without_the_ignored_ones() -> None:
    options = "accuracy_param { axis: -3 ignore_label: 9 }"
    pixels = PICTURES.replace("shape { dim: 2 } }", "shape { dim: 2 dim: 4 dim: 5 } }").replace("dim: 1", "dim: 3")
    judgement = Judgement(net(pixels, layer("Accuracy", "x,label", "accuracy", options)))
    scores = torch.zeros(2, 3, 4, 5)
    labels = torch.full((2, 4, 5), 9.0)
    scores[0, 1, 2, 3], labels[0, 2, 3] = 5, 1
    scores[1, 2, 0, 4], labels[1, 0, 4] = 5, 0
    judgement.add({"x": scores, "label": labels}, np.arange(2))
    assert judgement.tally.places == 2
    assert judgement.tally.by_class == [(0, 1), (1, 1), (0, 0)]
    assert [tuple(confusion) for confusion in judgement.tally.confusions] == [(0, 2, 1), (1, 1, 1)]


def test_a_net_without_an_accuracy_layer_is_refused() -> None:
    with pytest.raises(UsageError, match="has no Accuracy layer in this phase"):
        Judgement(net(PICTURES, SCORES))
