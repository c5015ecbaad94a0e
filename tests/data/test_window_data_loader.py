from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from netdef.data.mean_file import write_mean_file
from netdef.data.window_data_loader import WindowDataLoader
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import encoded, layer_message, pictures

PICTURES = pictures(2, height=12, width=16)
# An object at columns 4 … 11, rows 2 … 9 of each image; nothing at the left edge of the second.
WINDOWS = """# 0
im 0.png
3
12
16
1
{label} 0.9 4 2 11 9
# 1
im 1.png
3
12
16
2
5 0.7 4 2 11 9
0 0.0 0 2 3 5
"""


def window_layer(folder: Path, options: str = "", transform: str = "", label: int = 5) -> schema.LayerParameter:
    for number, picture in enumerate(PICTURES):
        (folder / f"im {number}.png").write_bytes(encoded(picture))
    (folder / "windows.txt").write_text(WINDOWS.format(label=label))
    return layer_message(f"""
        name: "data" type: "WindowData" top: "data" top: "label"
        window_data_param {{ source: "{folder / "windows.txt"}" root_folder: "{folder}/" batch_size: 4 {options} }}
        transform_param {{ crop_size: 8 {transform} }}""")


def load(loader: WindowDataLoader) -> dict[str, NDArray[Any]]:
    batch, tasks = loader.begin(np.arange(4))
    for task in tasks:
        task()
    return {name: tensor.numpy() for name, tensor in batch.tensors("cpu", torch.float32).items()}


def tops(message: schema.LayerParameter, folder: Path | None = None) -> dict[str, NDArray[Any]]:
    loader = WindowDataLoader(message, schema.TRAIN, 1, folder)
    found = load(loader)
    loader.close()
    return found


def test_windows_and_their_classes(tmp_path: Path) -> None:
    found = tops(window_layer(tmp_path, "fg_fraction: 0.5"))
    assert found["label"].tolist() == [0, 0, 5, 5]
    nothing = cv2.resize(PICTURES[1, :, 2:6, :4].transpose(1, 2, 0).copy(), (8, 8)).transpose(2, 0, 1)
    objects = PICTURES[:, :, 2:10, 4:12]
    assert np.array_equal(found["data"][:2], [nothing, nothing])
    assert all(any(np.array_equal(row, window) for window in objects) for row in found["data"][2:])


def test_context_and_mirrored_windows(tmp_path: Path) -> None:
    # The window is 8 pixels wide, its square 8 with 2 around it on each side: 16 columns and more, rows from -2 on.
    plain = tops(window_layer(tmp_path, "fg_fraction: 1 context_pad: 2", "mean_value: 3"))["data"]
    assert (plain[:, :, 0] == 0).all()
    assert (plain[:, :, 1] != 0).any()
    mirrored = tops(window_layer(tmp_path, "fg_fraction: 1 context_pad: 2", "mean_value: 3 mirror: true"))["data"]
    turned = [np.array_equal(a, b[:, :, ::-1]) for a, b in zip(plain, mirrored, strict=True)]
    same = [np.array_equal(a, b) for a, b in zip(plain, mirrored, strict=True)]
    assert [a != b for a, b in zip(turned, same, strict=True)] == [True] * 4
    assert any(turned)


def test_the_middle_of_the_mean_is_subtracted_unmirrored(tmp_path: Path) -> None:
    mean = np.random.default_rng(1).uniform(0, 99, (3, 12, 11)).astype(np.float32)
    write_mean_file(tmp_path / "mean.binaryproto", mean)
    transform = f'mirror: true scale: 0.5 mean_file: "{tmp_path / "mean.binaryproto"}"'
    without = tops(window_layer(tmp_path, "fg_fraction: 1", "mirror: true"))["data"]
    found = tops(window_layer(tmp_path, "fg_fraction: 1", transform))["data"]
    assert np.allclose(found, (without - mean[:, 1:9, 1:9]) * np.float32(0.5), atol=1e-5)


def test_a_mean_that_does_not_fit(tmp_path: Path) -> None:
    write_mean_file(tmp_path / "mean.binaryproto", np.zeros((3, 8, 7), np.float32))
    with pytest.raises(DataError, match=r"mean.binaryproto is 3×8×7 .*, must be 3 channels of 8×8 \(crop_size\)"):
        tops(window_layer(tmp_path, "", f'mean_file: "{tmp_path / "mean.binaryproto"}"'))
    with pytest.raises(DataError, match="has 3 channels, but there are 2 values of mean_value"):
        tops(window_layer(tmp_path, "", "mean_value: 1 mean_value: 2"))


def test_kept_images_are_read_once(tmp_path: Path) -> None:
    loaders = [
        WindowDataLoader(window_layer(tmp_path, f"fg_fraction: 0.5 cache_images: {keep}"), schema.TRAIN, 1, None)
        for keep in ("true", "false")
    ]
    first, other = [load(loader)["data"] for loader in loaders]
    assert np.array_equal(first, other)
    for number in range(2):
        (tmp_path / f"im {number}.png").unlink()
    assert np.array_equal(load(loaders[0])["data"], first)
    with pytest.raises(DataError, match=r'windows.txt: image "im 1.png": .*im 1.png: cannot be read'):
        load(loaders[1])


def test_windows_beside_the_prototxt(tmp_path: Path) -> None:
    message = window_layer(tmp_path, "fg_fraction: 1")
    expected = tops(message)["data"]
    message.window_data_param.source, message.window_data_param.root_folder = "windows.txt", ""
    assert np.array_equal(tops(message, tmp_path)["data"], expected)


def test_it_has_no_end(tmp_path: Path) -> None:
    assert len(WindowDataLoader(window_layer(tmp_path), schema.TRAIN, 1, None)) == 0


def test_an_object_without_a_class(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="class 0 or less"):
        tops(window_layer(tmp_path, label=0))
