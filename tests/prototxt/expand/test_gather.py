"""Included files."""

import os
from pathlib import Path

import pytest

from netdef.errors import Place
from netdef.prototxt.expand.gather import DEEPEST, LARGEST
from tests.prototxt.expand.expanding import complaints, expanded, written


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    return tmp_path / "net"


def put(net: Path, name: str, text: str) -> None:
    (net.parent / name).write_text(text)


def test_what_a_file_has_comes_in_at_its_place(net: Path) -> None:
    put(net, "parts/a", '# first\nlayer { name: "a" }  # behind\n\nlayer { name: "b" }\n')
    text = '# the net\nname: "n"\n\n# parts\ninclude: "parts/a"\nlayer { name: "c" }\n'
    assert written(text, net) == (
        '# the net\nname: "n"\n\n# parts\n# first\n'
        'layer { name: "a" }  # behind\n\nlayer { name: "b" }\nlayer { name: "c" }\n'
    )


def test_places_lead_back_to_the_include(net: Path) -> None:
    put(net, "parts/a", 'layer {\n  name: "a"\n}\n')
    put(net, "parts/b", 'include: "a"\n')
    (layer,) = expanded('include: "parts/b"', net).tree.fields
    folder = net.parent / "parts"
    outer = Place(str(net), 1, 10)
    assert layer.place == Place(str(folder / "a"), 1, 1, via=Place(str(folder / "b"), 1, 10, via=outer))


def test_paths_are_seen_from_the_file_and_then_from_the_working_directory(
    net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(net.parent)
    put(net, "a", 'layer { name: "outer" }')
    put(net, "parts/b", 'include: "a"')
    assert written('include: "parts/b"', net) == 'layer { name: "outer" }\n'
    put(net, "parts/a", 'layer { name: "inner" }')
    assert written('include: "parts/b"', net) == 'layer { name: "inner" }\n'
    assert written('include: "parts/b"', "net") == 'layer { name: "inner" }\n'


def test_a_file_comes_in_once(net: Path) -> None:
    put(net, "blocks", 'block { name: "b" layer { name: "x" } }')
    put(net, "parts/a", 'include: "../blocks"\nlayer { name: "a" }')
    put(net, "parts/b", 'include: "../blocks"\nuse { block: "b" }')
    assert written('include: ["parts/a", "parts/b"]', net) == 'layer { name: "a" }\nlayer { name: "x" }\n'


def test_mistakes_in_an_included_file_have_their_place(net: Path) -> None:
    put(net, "parts/a", 'layer { name "a" }\nrepeat: 3\n')
    assert complaints('name: "n"\ninclude: "parts/a"', net) == [
        f'{net.parent}/parts/a:1:9 (used at {net}:2:10): name has no colon before its value\n    write name: "a"',
        f"{net.parent}/parts/a:2:1 (used at {net}:2:10): repeat must have braces\n"
        '    write repeat { index: "i" from: 1 to: 3 layer { … } }',
    ]


def test_circles_are_told_with_their_chain(net: Path) -> None:
    put(net, "net", 'include: "parts/a"')
    put(net, "parts/a", 'include: "../parts/b"')
    put(net, "parts/b", 'include: "../net"')
    (found,) = complaints(net.read_text(), net)
    folder = net.parent / "parts"
    first, chain = found.splitlines()
    assert first == (
        f"{folder}/../parts/b:1:10 (used at {folder}/a:1:10, from {net}:1:10):"
        f" {folder}/../parts/../net includes itself, and would have no end"
    )
    names = [Path(name).resolve().name for name in chain.strip().split(" includes ")]
    assert names == ["net", "a", "b", "net"]


def test_a_file_that_includes_itself(net: Path) -> None:
    put(net, "net", 'include: "net"\nlayer { name: "a" }')
    (found,) = complaints(net.read_text(), net)
    assert "net:1:10: " in found
    assert "includes itself" in found


def test_a_missing_file(net: Path) -> None:
    put(net, "parts/blocks", "")
    assert complaints('include: "parts/block"', net) == [
        f"{net}:1:10: {net.parent}/parts/block: no such file\n    did you mean {net.parent}/parts/blocks?"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("include: blocks", 'net:1:10: include is blocks, must be a string in quotes\n    write "blocks"'),
        ('include: "a${b}"', 'net:1:10: include is "a${b}", must be a plain name without expressions'),
        ('include: ""', 'net:1:10: include is "", must be a plain name without expressions'),
        ('include: "parts"', "parts is a folder"),
        ('include: "/dev/zero"', "/dev/zero is no regular file"),
        ('include: "binary"', "binary is a binary file, not a prototxt"),
        ('include: "latin"', "binary:2:3 (used at"),
        ('include: "huge"', f"huge has {LARGEST + 1:,} bytes, may have 10,000,000"),
        ('include: "a\\000b"', 'include is "a\\000b", must be a plain name'),
        ('include: "' + "long" * 100 + '"', "cannot be read: File name too long"),
        ('include: "loop"', "loop cannot be read: Too many levels of symbolic links"),
        ('include: "pipe"', "pipe is no regular file"),
    ],
)
def test_what_cannot_be_included(net: Path, text: str, said: str) -> None:
    (net.parent / "binary").write_bytes(b"\x01\xff\x03")
    (net.parent / "latin").write_bytes(b"a: 1\nb: '\xe9'")
    with (net.parent / "huge").open("wb") as file:
        file.truncate(LARGEST + 1)
    os.mkfifo(net.parent / "pipe")
    (net.parent / "loop").symlink_to("loop")
    (found,) = complaints(text, net)
    assert said.replace("binary:2:3", f"{net.parent}/latin:2:5") in found


def test_files_do_not_include_one_another_without_end(net: Path) -> None:
    for number in range(DEEPEST + 10):
        put(net, f"n{number}", f'include: "n{number + 1}"')
    (found,) = complaints('include: "n0"', net)
    assert "files include one another more than 20 deep" in found


def test_many_files_that_include_one_another_are_read_once_each(net: Path) -> None:
    """Each of these includes all that follow, so that there are 2^18 ways to the last."""
    for number in range(18):
        names = ", ".join(f'"n{other}"' for other in range(number + 1, 19))
        put(net, f"n{number}", f'include: [{names}]\nlayer {{ name: "l{number}" }}')
    put(net, "n18", 'layer { name: "last" }')
    assert written('include: "n0"', net).count("layer") == 19
