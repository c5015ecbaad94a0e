from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.data import compiled_floats
from netdef.data.compiled_floats import CompiledFloats
from netdef.data.data_loader import data_loader
from netdef.data.decode import Image
from netdef.data.image_batch import ImageBatch
from netdef.data.normalize import Normalization
from netdef.data.transform import Cut, cut_into
from netdef.schema import netdef_pb2 as schema
from tests.compiled import kernels, needs_kernels
from tests.data.databases import data_layer, pictures, png_datum, raw_datum, write_database

__all__ = ["kernels"]

CPU = torch.device("cpu")
HEIGHT, WIDTH = 61, 97  # of the mean
MEAN = np.random.default_rng(1).uniform(0, 255, (3, HEIGHT, WIDTH)).astype(np.float32)
# records, planes, height, width, channels
SHAPES = {
    "channels last": (5, 1, 53, 41, 3),
    "planes": (5, 3, 53, 41, 1),
    "rows of whole vectors": (2, 1, 7, 64, 3),
    "rows as narrow as they may be": (3, 3, 9, 32, 1),
    "rows a little wider": (3, 3, 9, 33, 1),
    "rows narrower than two vectors": (4, 3, 6, 31, 1),
    "a row of one": (1, 3, 1, 1, 1),
    "one pixel": (2, 1, 1, 1, 3),
    "one row": (2, 1, 1, 37, 3),
}
KINDS = {
    "of pixels": schema.TransformationParameter(),
    "of channels": schema.TransformationParameter(mean_value=[104.5, 1 / 3, 123], scale=1 / 255),
    "of all": schema.TransformationParameter(mean_value=[33.3], scale=-0.017),
    "none": schema.TransformationParameter(),
    "scale alone": schema.TransformationParameter(scale=0.00390625),
}


def normalization(kind: str) -> Normalization:
    made = Normalization(KINDS[kind])
    if kind == "of pixels":
        made.mean, made.scale = MEAN, 1.7
        made.compiled = CompiledFloats(MEAN, (), 1.7)
    return made


def cuts(count: int, height: int, width: int) -> list[Cut]:
    """Return windows at the corners of the mean, and elsewhere, every other one mirrored."""
    corners = [(0, 0), (HEIGHT - height, WIDTH - width), (1, 2), (0, WIDTH - width), (HEIGHT - height, 0)]
    return [Cut(top, left, bool(index % 2)) for index, (top, left) in enumerate(corners[:count])]


def batch_of(images: Image, kind: str) -> ImageBatch:
    batch = ImageBatch(["data", "label"], np.arange(len(images)), normalization(kind))
    batch.images = images
    batch.cuts = cuts(len(images), *images.shape[2:4])
    return batch


def images_of(shape: Sequence[int]) -> Image:
    return np.random.default_rng(2).integers(0, 256, shape, np.uint8)


def made(batch: ImageBatch) -> torch.Tensor:
    return batch.tensors("cpu", torch.float32)["data"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("past_caches", [False, True])
def test_numbers_are_those_of_torch_to_the_last_bit(
    shape: str, kind: str, past_caches: bool, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_floats, "CACHE", 0 if past_caches else 1 << 40)
    images = images_of(SHAPES[shape])
    found = made(batch_of(images, kind))
    monkeypatch.setattr(CompiledFloats, "makes", lambda *_: False)
    expected = made(batch_of(images, kind))
    assert torch.equal(found, expected)
    assert found.stride() == expected.stride()
    assert found.std() > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_windows_become_the_floats_that_they_become_when_they_are_cut_first(
    shape: str, kind: str, kernels: str
) -> None:
    _, planes, _, _, channels = SHAPES[shape]
    batch = batch_of(np.empty(SHAPES[shape], np.uint8), kind)
    floats = np.zeros(SHAPES[shape], np.float32)
    images = batch._normalization.compiled.into(floats)
    for row, cut in enumerate(batch.cuts):
        whole = images_of((planes, HEIGHT, WIDTH, channels)) + np.uint8(row)
        whole.setflags(write=row % 2 == 0)
        cut_into(batch.images[row], whole, cut)
        images.write(row, whole, cut)
    assert torch.equal(torch.from_numpy(floats).permute(0, 1, 4, 2, 3).flatten(1, 2), made(batch))


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 16])
def test_pixels_of_all_sizes_are_turned(channels: int, kernels: str) -> None:
    for width in (1, 2, 5, 16, 17, 47):
        image = images_of((1, 3, width + 2, channels))
        floats = np.zeros((1, 1, 2, width, channels), np.float32)
        CompiledFloats(None, (), 2).into(floats).write(0, image, Cut(1, 2, True))
        assert np.array_equal(floats[0], 2.0 * image[:, 1:, :1:-1])


def test_floats_may_begin_anywhere(kernels: str) -> None:
    images = images_of(SHAPES["channels last"])[:1]
    for first in range(17):
        room = np.zeros(images.size + 40, np.float32)
        floats = room[first : first + images.size].reshape(images.shape)
        CompiledFloats(None, (1, 2, 3), 1).into(floats).write_all(images, [Cut(0, 0, False)])
        assert np.array_equal(floats, images - np.array([1, 2, 3], np.float32))
        assert not room[:first].any()
        assert not room[first + images.size :].any()


def test_several_threads_make_the_same(kernels: str, monkeypatch: pytest.MonkeyPatch) -> None:
    images = images_of(SHAPES["channels last"])
    alone = made(batch_of(images, "of pixels"))
    monkeypatch.setattr(compiled_floats, "_threads", lambda _: 3)
    assert torch.equal(made(batch_of(images, "of pixels")), alone)


def test_threads_are_half_of_torchs_and_as_many_as_the_work_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert compiled_floats._threads(1 << 30) == 4
    assert compiled_floats._threads(1 << 19) == 2
    assert compiled_floats._threads(1) == 1


@needs_kernels
def test_only_float32_on_the_cpu_is_made() -> None:
    compiled = CompiledFloats(None, (), 1)
    assert compiled.makes(CPU, torch.float32)
    assert not compiled.makes(CPU, torch.float64)
    assert not compiled.makes(CPU, torch.bfloat16)
    assert not compiled.makes(torch.device("meta"), torch.float32)


def test_without_kernels_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_floats, "kernel", lambda *_: None)
    assert not CompiledFloats(None, (), 1).makes(CPU, torch.float32)


SCALED = "shorter_side_min: 6 crop_size: 5"
COLOURED = "colour_pca { direction { variance: 0.2 component: 0.6 component: 0.64 component: 0.48 } }"


@needs_kernels
@pytest.mark.parametrize(
    ("encode", "transform", "made"),
    [
        (png_datum, "", True),
        (raw_datum, "", False),
        (raw_datum, SCALED, True),
        (png_datum, COLOURED, False),
    ],
)
def test_floats_are_made_at_once_of_what_is_not_only_copied(
    tmp_path: Path, encode: type, transform: str, made: bool
) -> None:
    path = write_database(tmp_path / "db", [encode(image, 0) for image in pictures(4)])
    loader = data_loader(data_layer(path, 4, transform), schema.TRAIN, 1, None)
    loader.make_for(CPU, torch.float32)
    batch, _ = loader.begin(np.arange(4))
    assert batch.images.dtype == (np.float32 if made else np.uint8)
    assert bool(batch.made) == made
    loader.make_for(CPU, torch.bfloat16)
    assert loader.begin(np.arange(4))[0].images.dtype == np.uint8
    loader.close()
