from __future__ import annotations

import numpy as np
import torch

from netdef.data.batch import Batch, name_tops, to_floats
from netdef.data.hdf5_loader import RowBatch


def test_tops_and_ordinals_of_all_layers_come_together() -> None:
    first = RowBatch(np.array([4, 6]), {"a": np.ones((2, 3), np.float32)})
    second = RowBatch(np.array([0]), {"b": np.zeros(1, np.float32)})
    batch = Batch({"one": first, "two": second})
    assert {layer: rows.tolist() for layer, rows in batch.ordinals.items()} == {"one": [4, 6], "two": [0]}
    assert {top: tuple(values.shape) for top, values in batch.tensors().items()} == {"a": (2, 3), "b": (1,)}


def test_labels_keep_at_least_32_bits() -> None:
    labels = np.array([999.0, 257.0], np.float32)
    assert to_floats(labels, "cpu", torch.bfloat16).tolist() == [999.0, 257.0]
    assert to_floats(labels, "cpu", torch.float64).dtype == torch.float64


def test_values_without_a_top_are_left_out() -> None:
    assert list(name_tops(["data"], torch.zeros(1), torch.zeros(2))) == ["data"]
