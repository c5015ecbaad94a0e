"""Memory of batches: given anew when nothing looks at it any more, and no earlier."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.data.recycled import RecycledMemory, aligned, pinned

SHAPE = (2, 3, 5)


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


@pytest.fixture(params=[bytearray, aligned])
def memory(request: pytest.FixtureRequest) -> RecycledMemory:
    """Return memory whose blocks are of each kind."""
    return RecycledMemory(request.param)


def test_memory_comes_back_with_the_array(memory: RecycledMemory) -> None:
    first = memory.array(SHAPE, np.uint8)
    place = address(first)
    del first
    assert address(memory.array(SHAPE, np.uint8)) == place


def test_two_arrays_at_a_time_have_their_own(memory: RecycledMemory) -> None:
    first, second = memory.array(SHAPE, np.uint8), memory.array(SHAPE, np.uint8)
    first[...], second[...] = 1, 2
    assert first.sum() == 30
    assert second.sum() == 60


def test_views_and_tensors_hold_the_memory(memory: RecycledMemory) -> None:
    whole = memory.array(SHAPE, np.uint8)
    whole[...] = 7
    row, tensor = whole[1:], torch.from_numpy(whole)
    del whole
    memory.array(SHAPE, np.uint8)[...] = 9
    assert row.max() == 7
    del row
    memory.array(SHAPE, np.uint8)[...] = 9
    assert tensor.max() == 7


def test_another_size_is_made_anew(memory: RecycledMemory) -> None:
    memory.array((4, 2), np.float32)
    large = memory.array((4, 3), np.float32)
    large[...] = 1
    assert large.dtype == np.float32
    assert large.shape == (4, 3)


def test_blocks_are_made_as_it_is_told() -> None:
    made: list[int] = []

    def make(size: int) -> bytearray:
        made.append(size)
        return bytearray(size)

    memory = RecycledMemory(make)
    memory.array(SHAPE, np.float32)
    memory.array(SHAPE, np.float32)
    assert made == [120]


def test_aligned_memory_begins_at_a_line() -> None:
    assert address(RecycledMemory(aligned).array(SHAPE, np.float32)) % 64 == 0


def test_pinned_memory_is_known_to_the_gpu(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    array = RecycledMemory(pinned).array(SHAPE, np.uint8)
    assert torch.from_numpy(array).is_pinned()
