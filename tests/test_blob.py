from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from netdef.blob import Blob, Memory
from netdef.errors import UsageError


def test_values_and_gradients_begin_at_zero() -> None:
    blob = Blob(2, 3)
    assert (blob.shape, blob.count) == ((2, 3), 6)
    for array in (blob.data, blob.diff):
        assert array.shape == (2, 3)
        assert array.dtype == np.float32
        assert not array.any()


def test_arrays_and_tensors_are_one_memory() -> None:
    blob = Blob(2, 3)
    view = blob.data
    view[1, 2] = 5
    assert blob.values("cpu")[1, 2] == 5
    blob.values("cpu").fill_(7)
    assert (view == 7).all()
    assert not blob.diff.any()


def test_a_blob_without_axes_is_one_number() -> None:
    blob = Blob()
    blob.data[...] = 4
    assert blob.data.shape == ()
    assert float(blob.data) == 4


def test_a_smaller_shape_keeps_the_memory_a_larger_one_takes_new() -> None:
    blob = Blob(2, 3)
    view = blob.data
    view[...] = np.arange(6).reshape(2, 3)
    blob.reshape(4)
    assert blob.data.tolist() == [0, 1, 2, 3]
    blob.reshape(3, 2)
    view[0, 0] = 9
    assert blob.data[0, 0] == 9
    blob.reshape(7)
    assert not blob.data.any()
    assert view[0, 0] == 9


def test_shapes_are_plain_integers() -> None:
    blob = Blob(*np.array([2, 3]))
    assert blob.shape == (2, 3)
    assert all(type(length) is int for length in blob.shape)
    with pytest.raises(UsageError, match=r"cannot have the shape \(2, -1\): a length is negative"):
        blob.reshape(2, -1)


def test_old_code_sees_four_axes() -> None:
    blob = Blob(5, 4, 3)
    assert (blob.num, blob.channels, blob.height, blob.width) == (5, 4, 3, 1)
    with pytest.raises(UsageError, match="up to 4 axes"):
        _ = Blob(1, 2, 3, 4, 5).num


def test_blobs_share_values_or_gradients() -> None:
    one, two = Blob(2, 3), Blob(6)
    two.share_values(one)
    one.data[1, 0] = 8
    assert two.data.tolist() == [0, 0, 0, 8, 0, 0]
    one.diff[...] = 1
    assert not two.diff.any()
    two.share_gradients(one)
    assert (two.diff == 1).all()


def test_memory_follows_from_device_to_device() -> None:
    memory = Memory(torch.arange(3.0))
    there = memory.on("meta")
    assert there.device.type == "meta"
    assert memory.on("meta") is there
    assert memory.size == 3


def test_importing_it_loads_no_heavy_library() -> None:
    program = "import sys, netdef.blob; print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
