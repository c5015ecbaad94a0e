from __future__ import annotations

import torch

from netdef.solver.batch import output_weights, run_batch
from tests.graph.texts import layer
from tests.solver.runs import LINEAR, ArrayBatches, solver


def test_a_batch_is_run_with_its_ordinals() -> None:
    drop = layer("Dropout", "x", "d")
    run = solver("", *LINEAR, drop)
    batches = ArrayBatches(change=lambda number, tensors: tensors["x"].fill_(1))
    (one, rows), (other, _) = (run_batch(run.net, batches.next(), 0, keep=["y"]) for _ in range(2))
    assert rows == 2
    assert list(one.blobs) == ["d", "loss", "y"]
    expected = run.net({"x": torch.ones(2, 3).double(), "t": torch.zeros(2, 1).double()}, rows=torch.tensor([2, 3]))
    assert torch.equal(other.blobs["d"], expected.blobs["d"])


def test_only_outputs_with_a_weight_have_one() -> None:
    run = solver("", *LINEAR, layer("Power", "x", "copy"), layer("Reduction", "x", "sum", "loss_weight: 0.5"))
    assert output_weights(run.net) == {"loss": 1.0, "sum": 0.5}
