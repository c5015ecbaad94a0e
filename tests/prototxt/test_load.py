"""Reading files: what is no prototxt is refused with its true name."""

from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.prototxt.load import load, read_text

GOLDEN = Path(__file__).parents[1] / "golden"


def refusal(path: Path) -> str:
    with pytest.raises(DefinitionError) as caught:
        read_text(path)
    return str(caught.value)


def refusal_of(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "net.prototxt"
    path.write_bytes(data)
    return refusal(path).replace(str(tmp_path), "DIR")


def test_load_names_the_file_in_its_places(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text("a: 1\n")
    assert load(path).fields[0].place.file == str(path)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(b"\xef\xbb\xbfname: 'caf\xc3\xa9'")
    assert read_text(path) == "name: 'café'"


def test_comments_may_be_of_any_encoding(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    content = b'# \xc4\xe3\xba\xc3 "\nname: \'x\' # \xb5\xc4\nb: "#" # \xe9'
    path.write_bytes(content)
    assert read_text(path).encode(errors="surrogateescape") == content
    assert [field.name for field in load(path).fields] == ["name", "b"]


def test_a_missing_file_with_a_similar_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "alexnet.prototxt").write_text("")
    assert refusal(tmp_path / "alexnt.prototxt") == (
        f"{tmp_path}/alexnt.prototxt: no such file\n    did you mean {tmp_path}/alexnet.prototxt?"
    )


def test_a_missing_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no" / "net.prototxt").endswith(
        f"no such file\n    there is no folder {tmp_path}/no either"
    )


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text("")
    assert refusal(tmp_path) == f"{tmp_path} is a folder\n    it holds net.prototxt"


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text("")
    assert "cannot be read: Not a directory" in refusal(tmp_path / "net.prototxt" / "x")


@pytest.mark.parametrize("name", ["upgrade/v1_legacy.caffemodel", "snapshots/sgd_bin_iter_6.solverstate"])
def test_binary_models(name: str) -> None:
    assert refusal(GOLDEN / name).startswith(
        f"{GOLDEN / name} is a binary file, not a prototxt\n    weights (.caffemodel"
    )


def test_hdf5_files() -> None:
    path = next((GOLDEN / "snapshots").glob("*.caffemodel.h5"))
    assert refusal(path).startswith(f"{path} is an HDF5 file, not a prototxt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nname: 'caf\xe9'", "DIR/net.prototxt:2:11: byte 0xE9 is not UTF-8\n    save the file as UTF-8"),
        ("é: ".encode() + b"\xff", "DIR/net.prototxt:1:4: byte 0xFF is not UTF-8\n    save the file as UTF-8"),
        (b"# caf\xe9\nb: '#\xe9'", "DIR/net.prototxt:2:6: byte 0xE9 is not UTF-8\n    save the file as UTF-8"),
        (b"\xef\xbb\xbfb\xe9: 1", "DIR/net.prototxt:1:3: byte 0xE9 is not UTF-8\n    save the file as UTF-8"),
        (b"a: 1\nb:\0 1", "DIR/net.prototxt:2:3: a NUL byte in the text\n    remove it"),
        ("a: 1".encode("utf-16"), "DIR/net.prototxt is UTF-16 text\n    save it as UTF-8"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 1217\n",
            "DIR/net.prototxt stands for a file that Git LFS keeps elsewhere\n    fetch it: git lfs pull",
        ),
        (
            b"\n<!DOCTYPE html><html>",
            "DIR/net.prototxt is a web page, not a prototxt\n    download the raw file instead",
        ),
    ],
)
def test_other_texts(data: bytes, message: str, tmp_path: Path) -> None:
    assert refusal_of(data, tmp_path) == message
