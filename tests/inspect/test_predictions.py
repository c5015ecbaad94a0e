from __future__ import annotations

import pytest
import torch

from netdef.errors import UsageError
from netdef.inspect.predictions import Predictions, compared, predict
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer
from tests.solver.runs import ArrayBatch

PICTURES = layer(
    "Input", "", "x,label", "input_param { shape { dim: 3 dim: 1 dim: 2 dim: 2 } shape { dim: 3 } }", "data"
)
SCORES = layer("Reshape", "x", "scores", "reshape_param { shape { dim: 0 dim: 4 } }")
ACCURACY = layer("Accuracy", "scores,label", "accuracy")


class Batches:
    """Pictures whose brightest pixel is their class, of which the second of each batch has a wrong label."""

    def __init__(self) -> None:
        self.given = 0

    def next(self) -> ArrayBatch:
        pixels = torch.zeros(3, 4)
        pixels[0, 2], pixels[1, 3], pixels[2, 0] = 1, 5, 3
        self.given += 1
        return ArrayBatch({"x": pixels.view(3, 1, 2, 2), "label": torch.tensor([2.0, 1.0, 0.0])}, 0)


def net(*texts: str) -> Net:
    return Net(graph(*texts, phase=schema.TEST))


def test_the_likeliest_class_is_what_the_net_says() -> None:
    batches = Batches()
    found = predict(net(PICTURES, SCORES, ACCURACY), batches, 2)
    assert batches.given == 2
    assert found.images.shape == (6, 1, 2, 2)
    assert found.classes.tolist() == [2, 3, 0] * 2
    assert found.labels.tolist() == [2, 1, 0] * 2
    chances = torch.tensor([1.0, 5.0, 3.0]).exp() / (torch.tensor([1.0, 5.0, 3.0]).exp() + 3)
    assert found.confidence.tolist() == pytest.approx(chances.tolist() * 2)
    assert found.right.tolist() == [True, False, True] * 2
    assert found.accuracy == pytest.approx(2 / 3)


def test_scores_that_are_probabilities_are_taken_as_they_are() -> None:
    softmax = layer("Softmax", "scores", "probabilities")
    accuracy = ACCURACY.replace('"scores"', '"probabilities"')
    raw, soft = (
        predict(net(*texts), Batches(), 1)
        for texts in ((PICTURES, SCORES, ACCURACY), (PICTURES, SCORES, softmax, accuracy))
    )
    assert soft.confidence.tolist() == pytest.approx(raw.confidence.tolist())


def test_what_is_compared_is_found_by_the_accuracy_layer() -> None:
    found = compared(graph(PICTURES, SCORES, ACCURACY, phase=schema.TEST))
    assert (found.images, found.scores, found.labels, found.probabilities) == ("x", "scores", "label", False)


def test_a_net_without_an_accuracy_layer_is_refused() -> None:
    with pytest.raises(UsageError, match='net "plain" has no Accuracy layer in this phase'):
        predict(net('name: "plain"', PICTURES, SCORES), Batches(), 1)


def test_what_is_no_picture_is_refused() -> None:
    rows = PICTURES.replace("dim: 1 dim: 2 dim: 2", "dim: 4").replace('"x"', '"scores"')

    class Rows(Batches):
        def next(self) -> ArrayBatch:
            return ArrayBatch({"scores": torch.zeros(3, 4), "label": torch.zeros(3)}, 0)

    with pytest.raises(UsageError) as caught:
        predict(net(rows, ACCURACY), Rows(), 1)
    assert str(caught.value) == 'blob "scores" holds no pictures: it is 3×4, must be N×1×H×W or N×3×H×W'


def test_a_class_for_each_pixel_is_refused() -> None:
    labels = PICTURES.replace("shape { dim: 3 } }", "shape { dim: 3 dim: 2 dim: 2 } }")
    accuracy = ACCURACY.replace('"scores"', '"x"')

    class Segments(Batches):
        def next(self) -> ArrayBatch:
            return ArrayBatch({"x": torch.zeros(3, 1, 2, 2), "label": torch.zeros(3, 2, 2)}, 0)

    with pytest.raises(UsageError) as caught:
        predict(net(labels, accuracy), Segments(), 1)
    assert str(caught.value) == "the net does not give each picture one class: 3×1×2×2 scores, 3×2×2 labels"


def test_predictions_that_are_all_right() -> None:
    found = predict(net(PICTURES, SCORES, ACCURACY), Batches(), 1)
    assert Predictions(found.images, found.classes, found.classes, found.confidence).accuracy == 1
