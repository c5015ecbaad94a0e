from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from netdef.data.convert import ConvertOptions, convert_folder, convert_idx, convert_list
from netdef.data.database_kind import holds
from netdef.data.leveldb_source import LeveldbSource
from netdef.data.lmdb_source import LmdbSource
from netdef.errors import DataError, UsageError
from tests.data.test_idx import IMAGES, LABELS, idx_bytes

Options = ConvertOptions


def records(path: Path) -> list[tuple[str, bytes]]:
    source = LmdbSource(path) if holds(path, "LMDB") else LeveldbSource(path)
    found = [source.read(ordinal) for ordinal in range(len(source))]
    contents = [(record.name, bytes(record.value)) for record in found]
    source.close()
    return contents


@pytest.fixture
def listed(golden: Path, tmp_path: Path) -> Path:
    """A list of the first four golden images, of which the third is not there."""
    lines = (golden / "data" / "list.txt").read_text().splitlines()[:4]
    (tmp_path / "list.txt").write_text("\n".join([*lines[:2], "none.jpg 5", lines[3]]))
    return tmp_path / "list.txt"


@pytest.fixture
def images(golden: Path) -> Path:
    return golden / "data" / "images"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lmdb_raw", Options(resize_width=48, resize_height=40)),
        ("lmdb_raw_gray", Options(resize_width=48, resize_height=40, gray=True)),
        ("lmdb_jpg", Options(resize_width=48, resize_height=40, encode_type="jpg")),
        ("lmdb_png", Options(resize_width=48, resize_height=40, encoded=True, encode_type="png", check_size=True)),
        ("lmdb_files", Options(encoded=True)),
    ],
)
def test_every_byte_is_that_of_caffe(
    golden: Path, images: Path, tmp_path: Path, name: str, options: ConvertOptions
) -> None:
    done = convert_list(golden / "data" / "list.txt", images, tmp_path / "db", options)
    assert (done.written, done.skipped) == (40, ())
    assert records(tmp_path / "db") == records(golden / "data" / name)


def test_a_missing_image_is_named_and_left_out(
    listed: Path, images: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        done = convert_list(listed, images, tmp_path / "db")
    assert [name for name, _ in records(tmp_path / "db")] == [
        "00000000_im00_rgb.jpg",
        "00000001_im01_rgb.jpg",
        "00000003_im03_rgb.jpg",
    ]
    assert done.written == 3
    assert "none.jpg: cannot be read (No such file" in done.skipped[0]
    assert caplog.messages == [f"skipped: {done.skipped[0]}"]


def test_nothing_but_missing_images_is_an_error(listed: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of the 4 images can be read; the first: .*im00_rgb.jpg: cannot be read"):
        convert_list(listed, tmp_path, tmp_path / "db")
    assert not (tmp_path / "db").exists()


def test_an_empty_list_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("")
    with pytest.raises(DataError, match="is empty, must be a list of images"):
        convert_list(tmp_path / "list.txt", tmp_path, tmp_path / "db")


def test_shuffling_depends_on_the_seed(golden: Path, images: Path, tmp_path: Path) -> None:
    orders = []
    for number, seed in enumerate((1, 1, 2)):
        options = Options(shuffle=True, seed=seed, encoded=True)
        convert_list(golden / "data" / "list.txt", images, tmp_path / str(number), options)
        orders.append([name.split("_", 1) for name, _ in records(tmp_path / str(number))])
    assert orders[0] == orders[1] != orders[2]
    assert [int(number) for number, _ in orders[0]] == list(range(40))
    assert sorted(name for _, name in orders[0]) == sorted(path.name for path in images.iterdir())


def test_unequal_sizes_are_refused_if_asked(listed: Path, images: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"im01_rgb.jpg: is \d+×\d+ .width × height., but im00_rgb.jpg is \d+×\d+"):
        convert_list(listed, images, tmp_path / "db", Options(check_size=True))


def test_a_path_too_long_for_a_key(images: Path, tmp_path: Path) -> None:
    name = "./" * 260 + "im00_rgb.jpg"
    (tmp_path / "list.txt").write_text(f"{name} 0\n")
    with pytest.raises(DataError, match="would have 541 bytes, at most 511 are possible"):
        convert_list(tmp_path / "list.txt", images, tmp_path / "db")


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch, golden: Path, images: Path, tmp_path: Path) -> None:
    monkeypatch.setattr("netdef.data.convert.COMMIT_RECORDS", 15)
    told: list[tuple[int, int]] = []
    convert_list(golden / "data" / "list.txt", images, tmp_path / "db", progress=lambda *counts: told.append(counts))
    assert told == [(15, 40), (30, 40), (40, 40)]
    assert len(records(tmp_path / "db")) == 40


def test_folders_become_classes(images: Path, tmp_path: Path) -> None:
    for name, image in (("dog", "im00_rgb.jpg"), ("cat", "im01_rgb.jpg")):
        (tmp_path / "root" / name).mkdir(parents=True)
        (tmp_path / "root" / name / image).write_bytes((images / image).read_bytes())
    convert_folder(tmp_path / "root", tmp_path / "db")
    assert [name for name, _ in records(tmp_path / "db")] == ["00000000_cat/im01_rgb.jpg", "00000001_dog/im00_rgb.jpg"]
    assert (tmp_path / "db" / "labels.txt").read_text() == "cat\ndog\n"


def test_idx_files_become_a_database(tmp_path: Path) -> None:
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx_bytes(IMAGES))
    (tmp_path / "t10k-labels.idx1-ubyte").write_bytes(idx_bytes(LABELS))
    told: list[tuple[int, int]] = []
    done = convert_idx(tmp_path, "test", tmp_path / "db", lambda *counts: told.append(counts), backend="leveldb")
    assert (done.written, told) == (3, [(3, 3)])
    source = LeveldbSource(tmp_path / "db")
    for number in range(3):
        record = source.read(number)
        datum = record.datum()
        assert (record.name, datum.label, datum[:3]) == (f"{number:08d}", LABELS[number], (1, 4, 5))
        assert np.array_equal(np.frombuffer(datum.data, np.uint8).reshape(4, 5), IMAGES[number])
    source.close()


def test_leveldb_is_written_too(golden: Path, images: Path, tmp_path: Path) -> None:
    options = Options(resize_width=48, resize_height=40, encode_type="jpg", backend="leveldb")
    convert_list(golden / "data" / "list.txt", images, tmp_path / "db", options)
    assert records(tmp_path / "db") == records(golden / "data" / "leveldb_jpg") == records(golden / "data" / "lmdb_jpg")


def test_another_backend_is_refused() -> None:
    with pytest.raises(UsageError, match='backend is "rocksdb": only lmdb and leveldb'):
        Options(backend="rocksdb")
