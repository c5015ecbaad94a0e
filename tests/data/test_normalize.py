from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.data.mean_file import write_mean_file
from netdef.data.normalize import Normalization
from netdef.data.transform import Cut
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

MEAN = np.random.default_rng(1).uniform(0, 255, (3, 9, 7)).astype(np.float32)
IMAGES = torch.from_numpy(np.random.default_rng(2).integers(0, 256, (4, 3, 5, 6)).astype(np.float32))
Options = schema.TransformationParameter


@pytest.fixture
def mean_file(tmp_path: Path) -> str:
    write_mean_file(tmp_path / "mean.binaryproto", MEAN)
    return str(tmp_path / "mean.binaryproto")


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_each_record_loses_its_own_window_of_the_mean(mean_file: str, layout: torch.memory_format) -> None:
    images = IMAGES.clone(memory_format=layout)
    cuts = [Cut(0, 1, False), Cut(4, 0, True), Cut(2, 1, False), Cut(4, 0, False)]
    Normalization(Options(mean_file=mean_file, scale=0.5)).apply(images, cuts)
    for found, image, (top, left, mirrored) in zip(images.numpy(), IMAGES.numpy(), cuts, strict=True):
        window = MEAN[:, top : top + 5, left : left + 6]
        expected = (image - (window[:, :, ::-1] if mirrored else window)) * np.float32(0.5)
        assert np.array_equal(found, expected)


def test_batches_of_either_layout_may_follow_one_another(mean_file: str) -> None:
    normalization = Normalization(Options(mean_file=mean_file))
    for layout in (torch.channels_last, torch.contiguous_format, torch.channels_last):
        for kind in (torch.float32, torch.float64):
            images = IMAGES.to(kind).clone(memory_format=layout)
            normalization.apply(images, [Cut(2, 0, False)] * 4)
            assert np.array_equal(images.numpy(), IMAGES.numpy().astype(images.numpy().dtype) - MEAN[:, 2:7, 0:6])


def test_one_window_for_all(mean_file: str) -> None:
    images = IMAGES.clone()
    Normalization(Options(mean_file=mean_file)).apply(images, [Cut(2, 0, False)] * 4)
    assert np.array_equal(images.numpy(), IMAGES.numpy() - MEAN[:, 2:7, 0:6])


@pytest.mark.parametrize("values", [[10.5], [1.0, 20.25, 3.0]])
def test_mean_values_serve_all_channels_or_one_each(values: list[float]) -> None:
    images = IMAGES.clone()
    Normalization(Options(mean_value=values, scale=2)).apply(images, [Cut(0, 0, True)] * 4)
    assert np.array_equal(images.numpy(), (IMAGES.numpy() - np.array(values, np.float32)[:, None, None]) * 2)


def test_nothing_asked_nothing_done() -> None:
    images = IMAGES.clone()
    Normalization(Options()).apply(images, [Cut(0, 0, False)] * 4)
    assert torch.equal(images, IMAGES)


def test_two_kinds_of_mean_are_refused(mean_file: str) -> None:
    with pytest.raises(DataError, match="mean_file and mean_value are both set"):
        Normalization(Options(mean_file=mean_file, mean_value=[1.0]))


def test_a_mean_of_another_size_is_refused(mean_file: str) -> None:
    with pytest.raises(DataError, match=r"is 3×9×8, but the mean in .* is 3×9×7"):
        Normalization(Options(mean_file=mean_file)).check(3, 9, 8)


def test_too_many_mean_values_are_refused() -> None:
    with pytest.raises(DataError, match="has 1 channels, but there are 3 values of mean_value: give one, or one each"):
        Normalization(Options(mean_value=[1, 2, 3])).check(1, 9, 8)


def test_the_mean_file_is_found_beside_the_prototxt(mean_file: str) -> None:
    found = Normalization(Options(mean_file="mean.binaryproto"), Path(mean_file).parent).mean
    assert found is not None
    assert np.array_equal(found, MEAN)


def test_a_mean_has_the_frame_of_the_records(mean_file: str) -> None:
    normalization = Normalization(Options(mean_file=mean_file, pad=2))
    normalization.check(3, 13, 11)
    images = torch.zeros(1, 3, 13, 11)
    normalization.apply(images, [Cut(0, 0, False)])
    assert np.array_equal(images[0, :, 2:11, 2:9].numpy(), -MEAN)
    assert float(images.abs().sum()) == pytest.approx(float(MEAN.sum()), rel=1e-6)
