import gzip
import struct
from pathlib import Path
from typing import Any

import cv2
import lmdb
import numpy as np
import pytest

from netdef.schema import netdef_pb2 as schema

Run = Any
SIDE = (5, 7)  # height, width


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Make two classes of images, one folder each."""
    for number, name in enumerate(["cat/a.png", "cat/b.png", "dog/c.png"]):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((*SIDE, 3), (10 * number, 50, 200), np.uint8))
    return tmp_path / "images"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text("cat/a.png 3\nmissing.png 1\ndog/c.png 4\n")
    return path


def records(database: Path) -> dict[str, schema.Datum]:
    with lmdb.open(str(database), readonly=True, lock=False) as environment, environment.begin() as transaction:
        return {key.decode(): schema.Datum.FromString(value) for key, value in transaction.cursor()}


def test_caffes_usage_makes_caffes_records(run: Run, images: Path, listing: Path, tmp_path: Path) -> None:
    done = run("convert_imageset", "-resize_height=4", "-resize_width", "6", f"{images}/", listing, tmp_path / "db")
    assert (done.code, done.out) == (0, "")
    found = records(tmp_path / "db")
    assert list(found) == ["00000000_cat/a.png", "00000002_dog/c.png"]
    datum = found["00000002_dog/c.png"]
    assert (datum.channels, datum.height, datum.width, datum.label) == (3, 4, 6, 4)
    assert set(datum.data[: 4 * 6]) == {20}


def test_shorter_sides_are_resized_and_the_middle_cut(run: Run, images: Path, listing: Path, tmp_path: Path) -> None:
    flags = ("--resize-shorter", "8", "--centre-crop", "6", "--check-size")
    assert run("convert-imageset", *flags, f"{images}/", listing, tmp_path / "db").code == 0
    found = [(datum.channels, datum.height, datum.width) for datum in records(tmp_path / "db").values()]
    assert found == [(3, 6, 6)] * 2


def test_lines_and_skipped_images_are_told(run: Run, images: Path, listing: Path, tmp_path: Path) -> None:
    err = run("convert-imageset", images, listing, tmp_path / "db").err
    assert "Processed 3 files." in err
    assert f"skipped: {images / 'missing.png'}: cannot be read (No such file or directory)" in err
    assert err.endswith(f"{tmp_path / 'db'}: 2 records, 1 skipped\n")


def test_nothing_converted_is_an_error_and_leaves_nothing(run: Run, listing: Path, tmp_path: Path) -> None:
    done = run("convert-imageset", tmp_path / "nowhere", listing, tmp_path / "db")
    assert done.code == 1
    assert "none of the 3 images can be read" in done.err
    assert not (tmp_path / "db").exists()


def test_one_folder_a_class(run: Run, images: Path, tmp_path: Path) -> None:
    assert run("convert-imageset", "--gray", "--folder-per-class", images, tmp_path / "db").code == 0
    found = records(tmp_path / "db")
    assert [(key.split("_")[1], datum.label, datum.channels) for key, datum in found.items()] == [
        ("cat/a.png", 0, 1),
        ("cat/b.png", 0, 1),
        ("dog/c.png", 1, 1),
    ]
    assert (tmp_path / "db" / "labels.txt").read_text() == "cat\ndog\n"


def test_encoded_records(run: Run, images: Path, tmp_path: Path) -> None:
    run("convert-imageset", "-encoded=true", "-encode_type=jpg", "--folder-per-class", images, tmp_path / "db")
    datum = records(tmp_path / "db")["00000000_cat/a.png"]
    assert (datum.encoded, datum.data[:2]) == (True, b"\xff\xd8")


def test_images_of_unequal_sizes_are_refused_if_asked(run: Run, images: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(images / "dog" / "d.png"), np.zeros((6, 7), np.uint8))
    assert (
        "resize the images" in run("convert-imageset", "-check_size", "--folder-per-class", images, tmp_path / "db").err
    )
    assert run("convert-imageset", "--nocheck_size", "--folder-per-class", images, tmp_path / "db").code == 0


def test_mnists_files(run: Run, tmp_path: Path) -> None:
    pixels = bytes(range(3 * 2 * 4))
    images = struct.pack(">4I", 0x803, 3, 2, 4) + pixels
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, 3) + bytes([7, 8, 9]))
    assert run("convert-imageset", "--idx", tmp_path, "--split", "test", tmp_path / "db").code == 0
    found = records(tmp_path / "db")
    assert {key: datum.label for key, datum in found.items()} == {"00000000": 7, "00000001": 8, "00000002": 9}
    assert found["00000001"].data == pixels[8:16]


def test_a_database_is_not_overwritten(run: Run, images: Path, tmp_path: Path) -> None:
    assert run("convert-imageset", "--folder-per-class", images, tmp_path / "db").code == 0
    assert "is there already" in run("convert-imageset", "--folder-per-class", images, tmp_path / "db").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["images", "db"], "expected ROOTFOLDER/ LISTFILE DB, found 2: images db"),
        (["--folder-per-class", "x", "y", "db"], "expected DB, found 2: y db"),
        (["--idx", "x", "db"], "--idx DIR goes with --split train or --split test"),
        (["--idx", "x", "--split", "test", "--gray", "--resize-width", "3", "db"], "--gray, --resize-width cannot go"),
        (["--split", "test", "a", "b", "db"], "--split chooses one of MNIST's two sets"),
        (["--resize-width", "3", "a", "b", "db"], "resize_width is 3 and resize_height 0: give both"),
    ],
)
def test_flags_that_do_not_go_together(run: Run, words: list[str], message: str) -> None:
    done = run("convert-imageset", *words)
    assert done.code == 1
    assert message in done.err
