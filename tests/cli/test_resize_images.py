from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest

Run = Any
IMAGES = Path(__file__).parents[1] / "golden" / "data" / "images"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def shapes(folder: Path) -> set[tuple[int, ...]]:
    pictures = [cv2.imread(str(path)) for path in folder.rglob("*") if path.is_file()]
    return {picture.shape for picture in pictures if picture is not None}


def test_all_images_of_a_folder(run: Run, out: Path) -> None:
    done = run("resize-images", "--input-folder", IMAGES, "--output-folder", out, "--output-side-length", "20")
    count = sum(path.suffix in (".png", ".jpg", ".jpeg", ".bmp") for path in IMAGES.rglob("*"))
    assert done.code == 0
    assert done.err.splitlines()[-1] == f"{out}: {count} images of 20×20 pixels"
    assert f"Processed {count} files." in done.err
    assert shapes(out) == {(20, 20, 3)}


def test_the_images_of_a_list_with_caffes_flags(run: Run, out: Path) -> None:
    flags = ("--num_clients=8", "--image_lib=OpenCV", f"--input={IMAGES.parent / 'list.txt'}")
    done = run("resize-images", *flags, f"--input_folder={IMAGES}/", f"--output_folder={out}/")
    assert done.code == 0
    listed = {line.rpartition(" ")[0] for line in (IMAGES.parent / "list.txt").read_text().splitlines()}
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == listed
    assert shapes(out) == {(256, 256, 3)}


def test_an_image_that_cannot_be_read_is_named(run: Run, tmp_path: Path, out: Path) -> None:
    first = next(IMAGES.glob("*.png"))
    (tmp_path / "list.txt").write_text(f"{first.name}\nnowhere.png\n")
    done = run("resize-images", "--input", tmp_path / "list.txt", "--input-folder", IMAGES, "--output-folder", out)
    assert done.code == 0
    assert f"skipped: {IMAGES}/nowhere.png: cannot be read (No such file or directory)" in done.err
    assert done.err.endswith(": 1 images of 256×256 pixels, 1 skipped\n")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--output-side-length", "0"), "--output-side-length is 0, must be at least 1"),
        (("--num-clients", "-3"), "--num-clients is -3, must be at least 1"),
        (("--input-folder", "nowhere"), "--input-folder nowhere: no such folder"),
        (("--output-folder", IMAGES), "give another --output-folder, or the images would be written over"),
    ],
)
def test_flags_that_cannot_be(run: Run, out: Path, flags: tuple[object, ...], words: str) -> None:
    done = run("resize-images", "--input-folder", IMAGES, "--output-folder", out, *flags)
    assert done.code == 1
    assert words in done.err
    assert not out.exists()
