"""Small databases and messages for the tests of the data room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import h5py
import lmdb
import numpy as np
from google.protobuf import text_format
from numpy.typing import NDArray

from netdef.data.datum import write_datum
from netdef.schema import netdef_pb2 as schema


def write_database(path: Path, datums: Sequence[bytes]) -> Path:
    with lmdb.open(str(path), map_size=1 << 26) as environment, environment.begin(write=True) as transaction:
        for number, datum in enumerate(datums):
            transaction.put(b"%08d_im" % number, datum)
    return path


def pictures(count: int, channels: int = 3, height: int = 9, width: int = 7) -> NDArray[np.uint8]:
    """Return pictures C×H×W with random pixels, always the same."""
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (count, channels, height, width), dtype=np.uint8)


def raw_datum(picture: NDArray[np.uint8], label: int = 0) -> bytes:
    channels, height, width = picture.shape
    return write_datum(channels=channels, height=height, width=width, data=picture.tobytes(), label=label)


def encoded(picture: NDArray[np.uint8]) -> bytes:
    """Return a PNG file's bytes."""
    return cv2.imencode(".png", picture.transpose(1, 2, 0))[1].tobytes()


def png_datum(picture: NDArray[np.uint8], label: int = 0) -> bytes:
    return write_datum(data=encoded(picture), label=label, encoded=True)


def write_pictures(path: Path, count: int, **sizes: int) -> Path:
    """Write a database of raw pictures; the label of a record is its number."""
    return write_database(path, [raw_datum(picture, number) for number, picture in enumerate(pictures(count, **sizes))])


def layer_message(text: str) -> schema.LayerParameter:
    return text_format.Parse(text, schema.LayerParameter())


def data_layer(source: Path, batch_size: int, transform: str = "", options: str = "") -> schema.LayerParameter:
    return layer_message(f"""
        name: "data" type: "Data" top: "data" top: "label"
        data_param {{ source: "{source}" backend: LMDB batch_size: {batch_size} {options} }}
        transform_param {{ {transform} }}""")


def write_images(folder: Path, count: int, **sizes: int) -> Path:
    """Write PNG files and the list of them; the label of an image is its number."""
    images = pictures(count, **sizes)
    for number, picture in enumerate(images):
        (folder / f"im {number}.png").write_bytes(encoded(picture))
    (folder / "list.txt").write_text("".join(f"im {number}.png {number}\n" for number in range(count)))
    return folder / "list.txt"


def image_layer(source: Path, options: str = "", transform: str = "") -> schema.LayerParameter:
    return layer_message(f"""
        name: "data" type: "ImageData" top: "data" top: "label"
        image_data_param {{ source: "{source}" root_folder: "{source.parent}/" {options} }}
        transform_param {{ {transform} }}""")


def write_hdf5_files(folder: Path, *contents: dict[str, Any]) -> Path:
    """Write one HDF5 file of datasets for each of ``contents``, and the list of them."""
    paths = [folder / f"part{number}.h5" for number in range(len(contents))]
    for path, datasets in zip(paths, contents, strict=True):
        with h5py.File(path, "w") as file:
            for name, values in datasets.items():
                file[name] = values
    (folder / "list.txt").write_text("".join(f"{path}\n" for path in paths))
    return folder / "list.txt"
