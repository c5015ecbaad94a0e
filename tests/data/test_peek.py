from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from netdef.data.mean_file import write_mean_file
from netdef.data.peek import record_shapes
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import (
    data_layer,
    image_layer,
    layer_message,
    pictures,
    png_datum,
    write_database,
    write_hdf5_files,
    write_images,
    write_pictures,
)

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
STATED = "record_shape { dim: 2 dim: 30 dim: 40 }"


@pytest.fixture
def mean(tmp_path: Path) -> str:
    write_mean_file(tmp_path / "mean.binaryproto", np.zeros((3, 20, 21), np.float32))
    return f'mean_file: "{tmp_path / "mean.binaryproto"}"'


def test_the_first_record_comes_first(tmp_path: Path, mean: str) -> None:
    path = write_pictures(tmp_path / "db", 2)
    assert record_shapes(data_layer(path, 4, mean + " crop_size: 5", STATED)) == [(3, 9, 7)]


@pytest.mark.parametrize(("transform", "channels"), [("", 4), ("force_color: true", 3), ("force_gray: true", 1)])
def test_an_encoded_record_is_measured_as_it_will_be_decoded(tmp_path: Path, transform: str, channels: int) -> None:
    path = write_database(tmp_path / "db", [png_datum(pictures(1, channels=4)[0])])
    assert record_shapes(data_layer(path, 4, transform)) == [(channels, 9, 7)]


def test_then_the_stated_shape(tmp_path: Path, mean: str) -> None:
    assert record_shapes(data_layer(tmp_path / "none", 4, mean, STATED)) == [(2, 30, 40)]


def test_then_the_mean_file(tmp_path: Path, mean: str) -> None:
    assert record_shapes(data_layer(tmp_path / "none", 4, mean)) == [(3, 20, 21)]


def test_else_nothing_is_known(tmp_path: Path) -> None:
    assert record_shapes(data_layer(tmp_path / "none", 4)) is None
    assert record_shapes(layer_message('type: "Input"')) is None


def test_an_image_of_an_unknown_format_says_nothing(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [schema.Datum(data=b"GIF89a", encoded=True).SerializeToString()])
    assert record_shapes(data_layer(path, 4)) is None
    assert record_shapes(data_layer(path, 4, "", STATED)) == [(2, 30, 40)]


@pytest.mark.parametrize(("channels", "form"), [(3, ".webp"), (3, ".tiff"), (1, ".pgm")])
def test_other_formats_are_decoded_to_be_measured(tmp_path: Path, channels: int, form: str) -> None:
    image = pictures(1, channels=channels)[0].transpose(1, 2, 0)
    datum = schema.Datum(data=cv2.imencode(form, image)[1].tobytes(), encoded=True)
    assert record_shapes(data_layer(write_database(tmp_path / "db", [datum.SerializeToString()]), 4)) == [
        (channels, 9, 7)
    ]


def test_a_damaged_database_is_an_error(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 2)
    (path / "data.mdb").write_bytes((path / "data.mdb").read_bytes()[:9000])
    with pytest.raises(DataError, match="cut off"):
        record_shapes(data_layer(path, 4, "", STATED))


def test_paths_lead_to_the_folder_of_the_prototxt(tmp_path: Path) -> None:
    write_pictures(tmp_path / "db", 2)
    assert record_shapes(data_layer(Path("db"), 4), tmp_path) == [(3, 9, 7)]


def test_a_leveldb_database(golden: Path) -> None:
    layer = data_layer(golden / "data" / "leveldb_raw", 4)
    layer.data_param.ClearField("backend")
    assert record_shapes(layer) == [(3, 40, 48)]
    layer.data_param.source = str(golden / "data" / "lmdb_raw")
    with pytest.raises(DataError, match="backend is not set, which means LEVELDB, but this is an LMDB database"):
        record_shapes(layer)


def test_images_of_a_list(tmp_path: Path, mean: str) -> None:
    source = write_images(tmp_path, 2)
    assert record_shapes(image_layer(source, STATED, mean)) == [(3, 9, 7)]
    assert record_shapes(image_layer(source, f"{STATED} is_color: false", mean)) == [(1, 9, 7)]
    resized = image_layer(source, f"{STATED} new_height: 5 new_width: 6", mean)
    (tmp_path / "im 0.png").unlink()
    assert record_shapes(resized) == [(3, 5, 6)]
    assert record_shapes(image_layer(source, STATED, mean)) == [(2, 30, 40)]
    source.unlink()
    assert record_shapes(image_layer(source, "", mean)) == [(3, 20, 21)]
    assert record_shapes(image_layer(source)) is None


def test_rows_of_hdf5_files(tmp_path: Path) -> None:
    source = write_hdf5_files(tmp_path, {"y": np.zeros(4), "x": np.zeros((4, 3, 2))})
    text = f'type: "HDF5Data" top: "x" top: "y" hdf5_data_param {{ source: "{source}" {STATED} }}'
    assert record_shapes(layer_message(text)) == [(3, 2), ()]
    source.unlink()
    assert record_shapes(layer_message(text)) == [(2, 30, 40)]


def test_a_file_of_another_layout_and_a_missing_dataset(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "new.h5", "w", libver="latest") as file:
        file["x"] = np.zeros((4, 3, 2))
    (tmp_path / "list.txt").write_text("new.h5")
    text = 'type: "HDF5Data" top: "{}" hdf5_data_param {{ source: "list.txt" }}'
    assert record_shapes(layer_message(text.format("x")), tmp_path) == [(3, 2)]
    with pytest.raises(DataError, match='has no dataset "y"'):
        record_shapes(layer_message(text.format("y")), tmp_path)


@pytest.mark.parametrize(
    ("kind", "source", "shapes"),
    [
        ("Data", "data/lmdb_raw", "[(3, 40, 48)]"),
        ("Data", "data/lmdb_jpg", "[(3, 40, 48)]"),
        ("HDF5Data", "data/hdf5/list.txt", "[(2, 3), ()]"),
        ("ImageData", "data/list_rooted.txt", "[(3, 51, 43)]"),
    ],
)
def test_imports_nothing_slow(golden: Path, kind: str, source: str, shapes: str) -> None:
    code = f"""
import sys
from netdef.data.peek import record_shapes
from netdef.schema import netdef_pb2 as schema
data, rows = schema.DataParameter(source={source!r}, backend="LMDB"), schema.HDF5DataParameter(source={source!r})
images = schema.ImageDataParameter(source={source!r})
layer = schema.LayerParameter(type={kind!r}, top=["feat", "num"], data_param=data, hdf5_data_param=rows)
layer.image_data_param.CopyFrom(images)
print(record_shapes(layer))
print([name for name in ("numpy", "cv2", "torch", "h5py") if name in sys.modules])"""
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=golden, env=ENVIRONMENT)
    assert run.stdout.split("\n")[:2] == [shapes, "[]"]
