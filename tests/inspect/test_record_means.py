from __future__ import annotations

import torch

from netdef.inspect.record_means import record_means
from netdef.net import Pass
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer

INPUT = layer("Input", "", "x,label", "input_param { shape { dim: 3 dim: 3 } shape { dim: 3 } }", "data")
NET = graph(
    INPUT,
    layer("Softmax", "x", "chances"),
    layer("Accuracy", "x,label", "accuracy,by_class", name="accuracy"),
    layer("SoftmaxWithLoss", "x,label", "loss"),
    phase=schema.TEST,
)


def test_entries_of_records_are_averaged_those_of_classes_are_not() -> None:
    chances = torch.tensor([[0.0, 1, 0], [1, 0, 0]])  # a batch that was cut
    classes = torch.tensor([0.25, 0.5, 1])
    blobs = {"accuracy": torch.tensor(0.5), "by_class": classes, "chances": chances, "loss": torch.tensor(2.0)}
    found = record_means(NET, Pass({**blobs, "x": torch.zeros(2, 3)}, torch.tensor(2.0)))
    assert {name: tensor.tolist() for name, tensor in found.blobs.items()} == {
        "accuracy": 0.5,
        "by_class": [0.25, 0.5, 1],
        "chances": [0.5, 0.5, 0],
        "loss": 2,
    }
    assert found.loss.item() == 2
