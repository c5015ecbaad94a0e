from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.image_list import ListedImage, find_class_folders, find_root, first_image, read_image_list
from netdef.errors import DataError


def test_the_label_stands_behind_the_last_space(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a.jpg 3\n\nmy cat 2.png   12 \nb.jpg -1\r\n")
    assert read_image_list(tmp_path / "list.txt", "root/") == [
        ListedImage("a.jpg", "root/", 3),
        ListedImage("my cat 2.png", "root/", 12),
        ListedImage("b.jpg", "root/", -1),
    ]
    assert first_image(tmp_path / "list.txt") == ListedImage("a.jpg", "", 3)


@pytest.mark.parametrize(
    ("root", "name", "path"),
    [
        ("root/", "a.jpg", "root/a.jpg"),
        ("root", "a.jpg", "root/a.jpg"),
        ("/base", "/deep/a.jpg", "/base/deep/a.jpg"),
        ("", "/deep/a.jpg", "/deep/a.jpg"),
        ("", "a.jpg", "a.jpg"),
    ],
)
def test_a_name_comes_behind_the_root(root: str, name: str, path: str) -> None:
    assert ListedImage(name, root, 0).path == Path(path)


def test_an_image_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"pixels")
    assert ListedImage("a.jpg", str(tmp_path), 0).content() == b"pixels"
    with pytest.raises(DataError, match=r"none.jpg: cannot be read \(No such file"):
        ListedImage("none.jpg", str(tmp_path), 0).content()


def test_names_begin_in_the_working_directory_or_beside_the_prototxt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"
    (model / "images").mkdir(parents=True)
    (model / "images" / "a.jpg").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert find_root("images/", "a.jpg", model) == str(model / "images")
    assert find_root("", "images/a.jpg", model) == str(model)
    assert find_root("", "model/images/a.jpg", model) == ""
    assert find_root("", "none.jpg", model) == ""
    assert find_root("model/images/", "a.jpg", None) == "model/images"


@pytest.mark.parametrize("line", ["a.jpg", "a.jpg cat", "7", "a.jpg 1.5", "a.jpg 2147483648"])
def test_a_line_without_a_label_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "list.txt").write_text(f"a.jpg 0\n{line}\n")
    with pytest.raises(DataError, match=f'list.txt:2: "{line}" must be a path, a space and a label'):
        read_image_list(tmp_path / "list.txt")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"\n\n", "is empty, must be a list of images"), (b"\xff\xfe\x00", "is no text file")],
)
def test_a_list_that_is_none(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_image_list(tmp_path / "list.txt")


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list.txt: no such file"):
        read_image_list(tmp_path / "list.txt")


def test_folders_are_classes_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("dog/2.PNG", "dog/1.jpg", "cat/deep/x.bmp", "cat/notes.txt", "empty/notes.txt", "top.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    images, classes = find_class_folders(tmp_path)
    assert classes == ["cat", "dog", "empty"]
    assert [(image.name, image.label) for image in images] == [
        ("cat/deep/x.bmp", 0),
        ("dog/1.jpg", 1),
        ("dog/2.PNG", 1),
    ]
    assert images[0].path == tmp_path / "cat/deep/x.bmp"


def test_folders_without_images(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    with pytest.raises(DataError, match=r"no image in any folder below it.*\.jpg"):
        find_class_folders(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        find_class_folders(tmp_path / "none")
