from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.data.normalize import Normalization
from netdef.data.window_batch import WindowBatch
from netdef.data.window_placement import Box, Placement
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import pictures

IMAGE = pictures(1, height=6, width=7)[0].transpose(1, 2, 0).copy()


def batch(*placements: Placement, mirrored: bool = False) -> dict[str, torch.Tensor]:
    normalization = Normalization(schema.TransformationParameter(mean_value=[10], scale=2))
    made = WindowBatch(("data", "label"), np.arange(len(placements)), normalization, side=4)
    for row, placement in enumerate(placements):
        made.put(row, IMAGE, placement, mirrored)
        made.labels[row] = 5 + row
    return made.tensors("cpu", torch.float32)


@pytest.mark.parametrize("mirrored", [False, True])
def test_empty_pixels_are_zero_whatever_the_mean(mirrored: bool) -> None:
    tops = batch(Placement(Box(2, 1, 4, 2), 2, 3, 1, 1), Placement(Box(0, 0, 3, 3), 4, 4, 0, 0), mirrored=mirrored)
    expected = np.zeros((2, 3, 4, 4), np.float32)
    turn = slice(None, None, -1 if mirrored else 1)
    planes = IMAGE.transpose(2, 0, 1).astype(np.float32)
    expected[0, :, 1:3, 1:4] = (planes[:, 1:3, 2:5][..., turn] - 10) * 2
    expected[1] = (planes[:, :4, :4][..., turn] - 10) * 2
    assert np.array_equal(tops["data"].numpy(), expected)
    assert tops["label"].tolist() == [5, 6]


def test_the_part_is_stretched() -> None:
    data = batch(Placement(Box(3, 3, 3, 3), 4, 4, 0, 0))["data"]
    assert np.array_equal(data[0, :, 0, 0].numpy(), (IMAGE[3, 3].astype(np.float32) - 10) * 2)
    assert (data == data[:, :, :1, :1]).all()


def test_a_part_of_no_size_leaves_the_square_empty() -> None:
    assert not batch(Placement(Box(3, 3, 3, 3), 0, 4, 4, 0))["data"].any()
