from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.data.mean_file import write_mean_file
from netdef.data.mean_size import mean_misfit
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import data_layer, write_pictures


@pytest.fixture
def layer(tmp_path: Path) -> schema.LayerParameter:
    """A layer of records of 3×9×7."""
    return data_layer(write_pictures(tmp_path / "db", 2), 2, 'crop_size: 5 mean_file: "mean"')


def test_a_mean_of_the_records_size(layer: schema.LayerParameter, tmp_path: Path) -> None:
    write_mean_file(tmp_path / "mean", np.zeros((3, 9, 7), np.float32))
    assert mean_misfit(layer, tmp_path) == ""


def test_a_mean_of_another_size(layer: schema.LayerParameter, tmp_path: Path) -> None:
    write_mean_file(tmp_path / "mean", np.zeros((3, 9, 8), np.float32))
    assert (
        mean_misfit(layer, tmp_path) == "mean_file mean is 3×9×8, but the records are 3×9×7: they must be of one size"
    )


def test_what_is_no_mean(layer: schema.LayerParameter, tmp_path: Path) -> None:
    (tmp_path / "mean").write_bytes(b"no mean")
    assert "a mean file (a BlobProto)" in mean_misfit(layer, tmp_path)


def test_what_cannot_be_known(layer: schema.LayerParameter, tmp_path: Path) -> None:
    assert mean_misfit(layer, tmp_path) == ""
    write_mean_file(tmp_path / "mean", np.zeros((3, 9, 8), np.float32))
    layer.data_param.source = "none"
    assert mean_misfit(layer, tmp_path) == ""
    layer.transform_param.mean_file = ""
    assert mean_misfit(layer, tmp_path) == ""
