from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.data import image_batch
from netdef.data.image_batch import ImageBatch
from netdef.data.normalize import Normalization
from netdef.data.recycled import RecycledMemory
from netdef.schema import netdef_pb2 as schema


def make_batch(shape: tuple[int, ...], kind: type = np.uint8) -> ImageBatch:
    options = schema.TransformationParameter(mean_value=[1, 2, 3], scale=0.5)
    batch = ImageBatch(["data", "label"], np.arange(2), Normalization(options))
    batch.make_room(np.zeros(shape, kind), (4, 5), RecycledMemory())
    batch.images[:] = np.random.default_rng(0).integers(0, 256, batch.images.shape)
    batch.labels[:] = (7, 8)
    return batch


def expected(batch: ImageBatch) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    planes = batch.images.transpose(0, 1, 4, 2, 3).reshape(2, 3, 4, 5).astype(np.float32)
    return (planes - np.array([1, 2, 3], np.float32)[:, None, None]) * np.float32(0.5)


@pytest.mark.parametrize(
    ("shape", "layout"), [((3, 9, 7, 1), torch.contiguous_format), ((1, 9, 7, 3), torch.channels_last)]
)
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_records_become_floats_in_the_layout_they_came_in(
    shape: tuple[int, ...], layout: torch.memory_format, kind: type
) -> None:
    batch = make_batch(shape, kind)
    tops = batch.tensors("cpu", torch.float32)
    assert np.array_equal(tops["data"].numpy(), expected(batch))
    assert tops["data"].is_contiguous(memory_format=layout)
    assert tops["label"].tolist() == [7, 8]
    assert np.array_equal(batch.tensors("cpu", torch.float32)["data"].numpy(), expected(batch))  # unharmed by the first


def test_short_floats_are_rounded_once_at_the_end() -> None:
    batch = make_batch((1, 9, 7, 3))
    tops = batch.tensors("cpu", torch.bfloat16)
    assert torch.equal(tops["data"], torch.from_numpy(expected(batch)).bfloat16())
    assert tops["label"].dtype == torch.float32


def test_long_floats_are_long_all_the_way() -> None:
    assert make_batch((3, 9, 7, 1)).tensors("cpu", torch.float64)["data"].dtype == torch.float64


@pytest.mark.parametrize("shape", [(3, 9, 7, 1), (1, 9, 7, 3)])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_rows_made_a_few_at_a_time_are_the_same(
    shape: tuple[int, ...], kind: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(shape)
    batch.shifts = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    whole = batch.tensors("cpu", kind)["data"]
    monkeypatch.setattr(image_batch, "CACHED", 1)
    assert torch.equal(batch.tensors("cpu", kind)["data"], whole)
    assert not torch.equal(whole[0], whole[1])
