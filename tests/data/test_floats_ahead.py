from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.data import floats_ahead as module
from netdef.data.data_loader import data_loader
from netdef.data.floats_ahead import ROOM, floats_ahead
from netdef.schema import netdef_pb2 as schema
from tests.compiled import needs_kernels
from tests.data.databases import data_layer, pictures, png_datum, write_database


@pytest.mark.parametrize(
    ("prefetch", "size", "ahead"),
    [(4, 1000, 4), (4, 0, 4), (9, ROOM // 3, 3), (4, ROOM, 2), (1, ROOM, 1), (50, 5 * ROOM, 2)],
)
def test_floats_have_room_for_some_batches_and_always_for_two(prefetch: int, size: int, ahead: int) -> None:
    assert floats_ahead(prefetch, size) == ahead


@needs_kernels
def test_fewer_batches_of_floats_are_made_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 3 * 4 * (2 * 3 * 9 * 7))
    path = write_database(tmp_path / "db", [png_datum(image) for image in pictures(4)])
    loader = data_loader(data_layer(path, 2, "", "prefetch: 9"), schema.TEST, 1, None)
    loader.make_for(torch.device("cpu"), torch.float32)
    loader.begin(np.arange(2))
    loader.close()
    assert loader.prefetch == 3
