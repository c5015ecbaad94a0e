from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from netdef.data.hdf5_loader import Hdf5Loader
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import layer_message, write_hdf5_files

LENGTHS = (5, 3, 4)


def make_loader(folder: Path, *, key: int = 1, shuffle: bool = False) -> Hdf5Loader:
    """Make a loader of 12 rows in three files; a row's number stands in it."""
    starts = np.cumsum((0, *LENGTHS[:-1]))
    numbers = [np.arange(start, start + length) for start, length in zip(starts, LENGTHS, strict=True)]
    source = write_hdf5_files(folder, *({"x": np.outer(some, [1, 10]), "n": some} for some in numbers))
    message = layer_message(f"""
        type: "HDF5Data" top: "x" top: "n"
        hdf5_data_param {{ source: "{source}" batch_size: 4 shuffle: {str(shuffle).lower()} }}""")
    return Hdf5Loader(message, schema.TRAIN, key, None)


def numbers(loader: Hdf5Loader, *ordinals: int) -> list[int]:
    batch, tasks = loader.begin(np.array(ordinals))
    assert not tasks
    tops = batch.tensors("cpu", torch.float32)
    assert torch.equal(tops["x"], tops["n"][:, None] * torch.tensor([1.0, 10.0]))
    return [int(number) for number in tops["n"]]


def test_rows_run_on_over_file_ends_and_wrap(tmp_path: Path) -> None:
    loader = make_loader(tmp_path)
    assert len(loader) == 12
    assert numbers(loader, *range(3, 9)) == [3, 4, 5, 6, 7, 8]
    assert numbers(loader, 10, 11, 12, 13) == [10, 11, 0, 1]
    assert numbers(loader, 9, 11, 13, 29) == [9, 11, 1, 5]


def test_each_shuffled_epoch_has_every_row_once_file_by_file(tmp_path: Path) -> None:
    loader = make_loader(tmp_path, shuffle=True)
    epochs = [numbers(loader, *range(12 * epoch, 12 * epoch + 12)) for epoch in range(6)]
    assert all(sorted(epoch) == list(range(12)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 6
    files = [[0 if number < 5 else 1 if number < 8 else 2 for number in epoch] for epoch in epochs]
    assert all(sum(a != b for a, b in pairwise(order)) == 2 for order in files)
    assert len({tuple(order) for order in files}) > 1


def test_the_order_depends_on_key_and_ordinal_alone(tmp_path: Path) -> None:
    loader = make_loader(tmp_path, shuffle=True)
    whole = numbers(loader, *range(20))
    again = make_loader(tmp_path, shuffle=True)
    assert [numbers(again, ordinal)[0] for ordinal in range(19, -1, -1)] == whole[::-1]
    assert numbers(make_loader(tmp_path, key=2, shuffle=True), *range(20)) != whole


def test_rows_are_never_shorter_than_32_bits(tmp_path: Path) -> None:
    batch = make_loader(tmp_path).begin(np.arange(4))[0]
    assert batch.tensors("cpu", torch.bfloat16)["x"].dtype == torch.float32
    assert batch.tensors("cpu", torch.float64)["x"].dtype == torch.float64
