from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from netdef.data.image_data_loader import image_data_loader
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import encoded, image_layer, pictures, write_images


def load(message: schema.LayerParameter, *ordinals: int, phase: int = schema.TEST) -> dict[str, NDArray[np.float32]]:
    loader = image_data_loader(message, phase, 1, None)
    batch, tasks = loader.begin(np.array(ordinals))
    for task in tasks:
        task()
    loader.close()
    return {name: tensor.numpy() for name, tensor in batch.tensors("cpu", torch.float32).items()}


def test_images_and_labels(tmp_path: Path) -> None:
    tops = load(image_layer(write_images(tmp_path, 5), "batch_size: 3"), 3, 4, 5)
    assert np.array_equal(tops["data"], pictures(5)[[3, 4, 0]])
    assert tops["label"].tolist() == [3, 4, 0]


def test_images_are_stretched_before_they_are_cut(tmp_path: Path) -> None:
    listed = write_images(tmp_path, 1, height=11, width=6)
    options = "new_height: 8 new_width: 14"
    stretched = cv2.resize(pictures(1, height=11, width=6)[0].transpose(1, 2, 0), (14, 8)).transpose(2, 0, 1)
    assert np.array_equal(load(image_layer(listed, options), 0)["data"], stretched[None])
    cut = load(image_layer(listed, options, "crop_size: 6 scale: 0.5"), 0)["data"]
    assert np.array_equal(cut, stretched[None, :, 1:7, 4:10] * np.float32(0.5))


def test_gray_images(tmp_path: Path) -> None:
    data = load(image_layer(write_images(tmp_path, 2), "is_color: false batch_size: 2"), 0, 1)["data"]
    gray = [cv2.cvtColor(picture.transpose(1, 2, 0), cv2.COLOR_BGR2GRAY) for picture in pictures(2)]
    assert data.shape == (2, 1, 9, 7)
    assert np.abs(data[:, 0] - np.stack(gray)).max() <= 1


def test_sizes_may_vary_in_batches_of_one(tmp_path: Path) -> None:
    listed = write_images(tmp_path, 2)
    (tmp_path / "im 1.png").write_bytes(encoded(pictures(1, height=4)[0]))
    loader = image_data_loader(image_layer(listed), schema.TEST, 1, None)
    shapes = [loader.begin(np.array([ordinal]))[0].images.shape for ordinal in range(3)]
    assert shapes == [(1, 1, 9, 7, 3), (1, 1, 4, 7, 3), (1, 1, 9, 7, 3)]
    loader.close()
    with pytest.raises(DataError, match=r'list.txt: image 1 "im 1.png": is 3×4×7 .* batches of more than one'):
        load(image_layer(listed, "batch_size: 2"), 0, 1)


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    listed = write_images(tmp_path, 3)
    (tmp_path / "im 2.png").write_bytes(b"no image")
    with pytest.raises(
        DataError, match=r'list.txt: image 2 "im 2.png": the encoded image of 8 bytes cannot be decoded'
    ):
        load(image_layer(listed, "batch_size: 3"), 0, 1, 2)
