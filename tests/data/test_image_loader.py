from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from netdef.data import image_loader
from netdef.data.batch import Batch
from netdef.data.data_loader import data_loader
from netdef.data.datum import write_datum
from netdef.data.image_batch import ImageBatch
from netdef.data.image_loader import ImageLoader
from netdef.data.loader import Task
from netdef.data.mean_file import write_mean_file
from netdef.data.view import views_of
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import data_layer, pictures, png_datum, raw_datum, write_database, write_pictures

CPU = torch.device("cpu")
SCALED = "shorter_side_min: 6 crop_size: 5"


@pytest.fixture(params=["bytes", "floats at once"], autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run all tests with batches of bytes, and with batches that are floats from the start, of raw records too."""
    begin = ImageLoader.begin

    def begin_floats(loader: ImageLoader, ordinals: NDArray[np.int64]) -> tuple[ImageBatch, list[Task]]:
        loader.make_for(CPU, torch.float32)
        return begin(loader, ordinals)

    if request.param == "floats at once":
        monkeypatch.setattr(ImageLoader, "begin", begin_floats)
        monkeypatch.setattr(image_loader, "LARGE", 0)
    return str(request.param)


def load(message: schema.LayerParameter, *ordinals: int, phase: int = schema.TEST) -> ImageBatch:
    loader = data_loader(message, phase, 1, None)
    try:
        return filled(loader, *ordinals)
    finally:
        loader.close()


def filled(loader: ImageLoader, *ordinals: int) -> ImageBatch:
    batch, tasks = loader.begin(np.array(ordinals))
    for task in reversed(tasks):
        task()
    return batch


def floats(batch: ImageBatch) -> NDArray[np.float32]:
    return batch.tensors("cpu", torch.float32)["data"].numpy()


@pytest.mark.parametrize("encode", [raw_datum, png_datum])
def test_rows_are_the_records_at_the_ordinals(tmp_path: Path, encode: type) -> None:
    images = pictures(40)
    path = write_database(tmp_path / "db", [encode(image, number) for number, image in enumerate(images)])
    batch = load(data_layer(path, 50), *range(25, 75))
    assert np.array_equal(floats(batch), np.concatenate((images[25:], images[:35])).astype(np.float32))
    assert batch.labels.tolist() == [*range(25, 40), *range(35)]


def test_random_windows_lie_inside_and_the_mean_goes_with_them(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 20)
    mean = np.random.default_rng(1).uniform(0, 255, (3, 9, 7)).astype(np.float32)
    write_mean_file(tmp_path / "mean.binaryproto", mean)
    transform = f'crop_size: 5 mirror: true mean_file: "{tmp_path / "mean.binaryproto"}"'
    batch = load(data_layer(path, 20, transform), *range(20), phase=schema.TRAIN)
    for found, picture, (top, left, mirrored) in zip(floats(batch), pictures(20), batch.cuts, strict=True):
        window = (picture - mean)[:, top : top + 5, left : left + 5]
        assert np.array_equal(found, window[:, :, ::-1] if mirrored else window)
    assert len({cut[:2] for cut in batch.cuts}) > 5
    assert 3 < sum(cut.mirrored for cut in batch.cuts) < 17


def test_a_record_is_cut_alike_in_every_batch_but_not_in_every_pass(tmp_path: Path) -> None:
    message = data_layer(write_pictures(tmp_path / "db", 20), 20, "crop_size: 5")
    loader = data_loader(message, schema.TRAIN, 1, None)
    first, shifted, second = (filled(loader, *range(start, start + 20)) for start in (0, 10, 20))
    assert first.cuts[10:] == shifted.cuts[:10]
    assert shifted.cuts[10:] == second.cuts[:10]
    assert first.cuts != second.cuts
    loader.close()


def test_raw_and_encoded_records_may_stand_side_by_side(tmp_path: Path) -> None:
    images = pictures(4)
    path = write_database(
        tmp_path / "db", [f(image) for f, image in zip((raw_datum, png_datum) * 2, images, strict=True)]
    )
    for start in (0, 1):
        rows = [ordinal % 4 for ordinal in range(start, start + 4)]
        assert np.array_equal(floats(load(data_layer(path, 4), *rows)), images[rows].astype(np.float32))
        cropped = floats(load(data_layer(path, 4, "crop_size: 5 mirror: true"), *rows))
        assert cropped.shape == (4, 3, 5, 5)


def test_a_batch_of_one_takes_images_of_any_size(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [raw_datum(pictures(1, width=width)[0]) for width in (7, 8)])
    loader = data_loader(data_layer(path, 1), schema.TEST, 1, None)
    assert [floats(filled(loader, ordinal)).shape for ordinal in range(3)] == [(1, 3, 9, width) for width in (7, 8, 7)]
    loader.close()


def test_a_crop_makes_sizes_equal(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(golden)
    batch = load(data_layer(Path("data/lmdb_files"), 8, "force_color: true crop_size: 27"), *range(8))
    assert batch.images.shape == (8, 1, 27, 27, 3)


OTHER = "batches of more than one record need equal sizes"


@pytest.mark.parametrize(
    ("odd", "transform", "words"),
    [
        (raw_datum(pictures(1, width=8)[0]), "", f"is 3×9×8 .*, the first of its batch 3×9×7 .*{OTHER}"),
        (raw_datum(pictures(1, channels=1)[0]), "crop_size: 5", "is 1×5×5 .*, the first of its batch 3×5×5"),
        (raw_datum(pictures(1, height=4)[0]), "crop_size: 5", "crop_size is 5, but the image is only 4×7"),
        (write_datum(data=b"no image", encoded=True), "", "the encoded image of 8 bytes cannot be decoded"),
        (raw_datum(pictures(1)[0])[:99], "", "announces 189 bytes, but the record ends after"),
        (write_datum(channels=3, height=9, width=7, data=bytes(5)), "", "holds 5 values"),
        (
            write_datum(channels=3, height=9, width=7, float_data=bytes(4 * 189)),
            "",
            "values of type float32, the first of its batch uint8",
        ),
    ],
)
def test_a_bad_record_is_named(tmp_path: Path, odd: bytes, transform: str, words: str) -> None:
    records = [raw_datum(picture) for picture in pictures(30)]
    records[20] = odd
    path = write_database(tmp_path / "db", records)
    with pytest.raises(DataError, match=f'db: record 20 "00000020_im": .*{words}'):
        load(data_layer(path, 30, transform), *range(30))
    with pytest.raises(DataError, match='record 20 "00000020_im"'):
        load(data_layer(path, 30, transform), *range(35, 65))


def test_batches_of_several_keep_their_size(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [raw_datum(pictures(1, width=width)[0]) for width in (7, 7, 8, 8)])
    loader = data_loader(data_layer(path, 2), schema.TEST, 1, None)
    filled(loader, 0, 1)
    with pytest.raises(DataError, match=f"record 2 .* is 3×9×8 .*, those before it 3×9×7 .*{OTHER}"):
        loader.begin(np.array([2, 3]))
    loader.close()


def test_a_mean_of_another_size_names_the_record(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 3)
    write_mean_file(tmp_path / "mean.binaryproto", np.zeros((3, 9, 8), np.float32))
    with pytest.raises(DataError, match=r"record 0 .* is 3×9×7, but the mean in .* is 3×9×8"):
        load(data_layer(path, 3, f'mean_file: "{tmp_path / "mean.binaryproto"}"'), 0, 1, 2)


def test_force_color_leaves_raw_records_alone(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 2, channels=1)
    assert floats(load(data_layer(path, 2, "force_color: true"), 0, 1)).shape == (2, 1, 9, 7)


COLOURS = "colour_pca { direction { variance: 0.2 component: 0.6 component: 0.64 component: 0.48 } }"


def test_colours_are_shifted_in_training_alone_and_before_the_scale(tmp_path: Path) -> None:
    message = data_layer(write_pictures(tmp_path / "db", 4), 4, f"scale: 0.5 {COLOURS}")
    assert np.array_equal(floats(load(message, *range(4))), pictures(4).astype(np.float32) * np.float32(0.5))
    found = floats(load(message, *range(4), phase=schema.TRAIN))
    shifts = found - pictures(4) * np.float32(0.5)
    first = shifts[:, :, :1, :1]
    np.testing.assert_allclose(shifts, np.broadcast_to(first, shifts.shape), atol=1e-4)
    np.testing.assert_allclose(first[:, 1, 0, 0] / first[:, 0, 0, 0], 0.64 / 0.6, rtol=1e-3)
    assert len(np.unique(first[:, 0])) == 4
    assert np.array_equal(floats(load(message, 2, 3, phase=schema.TRAIN)), found[2:])


def test_shifts_for_other_channels_are_refused(tmp_path: Path) -> None:
    message = data_layer(write_pictures(tmp_path / "db", 2, channels=1), 2, COLOURS)
    with pytest.raises(DataError, match="has 1 channels, but the directions of colour_pca 3"):
        load(message, 0, 1, phase=schema.TRAIN)


def test_records_of_unequal_sizes_are_scaled_and_cut(tmp_path: Path) -> None:
    records = [
        make(picture)
        for make in (raw_datum, png_datum)
        for picture in (pictures(1)[0], pictures(1, height=30, width=20)[0])
    ]
    path = write_database(tmp_path / "db", records)
    transform = "shorter_side_min: 8 shorter_side_max: 16 crop_size: 8"
    batch = load(data_layer(path, 40, transform), *range(40), phase=schema.TRAIN)
    assert floats(batch).shape == (40, 3, 8, 8)
    assert max(cut.top for cut in batch.cuts) > 8
    again = load(data_layer(path, 3, transform), 5, 6, 7, phase=schema.TRAIN)
    assert again.cuts == batch.cuts[5:8]


def test_records_are_framed(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 2)
    framed = floats(load(data_layer(path, 2, "pad: 2 mean_value: 1"), 0, 1))
    assert np.array_equal(framed, np.pad(pictures(2), ((0, 0), (0, 0), (2, 2), (2, 2))).astype(np.float32) - 1)


def test_each_record_is_seen_in_all_views(tmp_path: Path) -> None:
    mean = np.random.default_rng(1).uniform(0, 255, (3, 9, 7)).astype(np.float32)
    write_mean_file(tmp_path / "mean.binaryproto", mean)
    transform = f'crop_size: 5 mean_file: "{tmp_path / "mean.binaryproto"}"'
    loader = data_loader(data_layer(write_pictures(tmp_path / "db", 20), 20, transform), schema.TEST, 1, None)
    loader.views = views_of(10)
    batch = filled(loader, *range(20))
    loader.close()
    found, labels = batch.tensors("cpu", torch.float32).values()
    assert labels.tolist() == [*range(20)] * 10
    for number, view in enumerate(views_of(10)):
        top, left, mirrored = view.cut(9, 7, 5)
        windows = (pictures(20) - mean)[:, :, top : top + 5, left : left + 5]
        assert np.array_equal(found[20 * number : 20 * number + 20], windows[..., ::-1] if mirrored else windows)


def test_views_come_apart(tmp_path: Path) -> None:
    loader = data_loader(data_layer(write_pictures(tmp_path / "db", 3), 3, "crop_size: 5"), schema.TEST, 1, None)
    loader.views = views_of(10)
    batch = filled(loader, 0, 1, 2)
    loader.close()
    views = Batch({"data": batch}).by_view()
    assert len(views) == 10
    for number, view in enumerate(views):
        assert np.array_equal(view.tensors()["data"].numpy(), floats(batch)[3 * number : 3 * number + 3])
        assert view.tensors()["label"].tolist() == [0, 1, 2]
        assert view.ordinals["data"].tolist() == [0, 1, 2]


def test_a_view_has_its_scale(tmp_path: Path) -> None:
    loader = data_loader(data_layer(write_pictures(tmp_path / "db", 2), 2, "crop_size: 5"), schema.TEST, 1, None)
    loader.views = views_of(1, (5, 7, 14))
    batch = filled(loader, 0, 1)
    loader.close()
    assert [cut.top for cut in batch.cuts[::2]] == [0, 2, 6]
    assert np.array_equal(floats(batch)[2:4], pictures(2)[:, :, 2:7, 1:6])


def jpeg_datum(picture: NDArray[np.uint8]) -> bytes:
    smooth = cv2.GaussianBlur(picture.transpose(1, 2, 0), (0, 0), 12)
    return write_datum(data=cv2.imencode(".jpg", smooth)[1].tobytes(), label=1, encoded=True)


def test_images_decoded_smaller_are_cut_at_the_same_places_and_nearly_the_same(tmp_path: Path) -> None:
    datums = [jpeg_datum(picture) for picture in pictures(6, height=90, width=121)]
    path = write_database(tmp_path / "db", datums)
    scaled = "shorter_side_min: 20 shorter_side_max: 45 crop_size: 20"
    plain = load(data_layer(path, 6, scaled), *range(6), phase=schema.TRAIN)
    reduced = load(data_layer(path, 6, f"{scaled} reduced_decode: true"), *range(6), phase=schema.TRAIN)
    assert reduced.cuts == plain.cuts
    assert 0 < np.abs(floats(reduced) - floats(plain)).mean() < 3


def test_the_largest_view_says_how_much_smaller_images_are_decoded(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [jpeg_datum(pictures(1, height=90, width=121)[0])])
    found = []
    for reduced in ("", "reduced_decode: true"):
        options = f"shorter_side_min: 20 crop_size: 20 {reduced}"
        loader = data_loader(data_layer(path, 1, options), schema.TEST, 1, None)
        loader.views = views_of(1, (20, 46))
        found.append(floats(filled(loader, 0)))
        loader.close()
    assert np.array_equal(found[0], found[1])


def test_raw_records_are_never_decoded_smaller(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 2)
    plain, reduced = (
        load(data_layer(path, 2, f"shorter_side_min: 4 crop_size: 4 {more}"), 0, 1)
        for more in ("", "reduced_decode: true")
    )
    assert np.array_equal(floats(plain), floats(reduced))


@pytest.mark.parametrize(
    ("encode", "transform", "tasks"), [(raw_datum, "", 0), (raw_datum, SCALED, 2), (png_datum, "", 2)]
)
def test_only_what_takes_longer_than_a_copy_is_left_to_threads(
    tmp_path: Path, encode: type, transform: str, tasks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_loader, "LARGE", 1 << 20)
    path = write_database(tmp_path / "db", [encode(image, 0) for image in pictures(20)])
    loader = data_loader(data_layer(path, 20, transform), schema.TEST, 1, None)
    assert len(loader.begin(np.arange(20))[1]) == tasks
    loader.close()
