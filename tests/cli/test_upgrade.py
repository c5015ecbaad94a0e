from pathlib import Path
from typing import Any

import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import read

Run = Any
GOLDEN = Path(__file__).parents[1] / "golden" / "upgrade"


@pytest.mark.parametrize("name", ["v0", "v1", "v1_data", "bn_old"])
def test_a_net_becomes_what_caffe_makes_of_it(run: Run, name: str, tmp_path: Path) -> None:
    out = tmp_path / "out.prototxt"
    assert run("upgrade", GOLDEN / f"{name}.prototxt", out).code == 0
    expected = read(GOLDEN / f"{name}.upgraded.prototxt", schema.NetParameter).message
    assert read(out, schema.NetParameter).message == expected


def test_a_solver_becomes_what_caffe_makes_of_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.prototxt"
    done = run("upgrade", GOLDEN / "solver_old.prototxt", out)
    assert done == (0, "", f"{GOLDEN / 'solver_old.prototxt'}: old forms written as today's: `solver_type`\n")
    expected = read(GOLDEN / "solver_old.upgraded.prototxt", schema.SolverParameter).message
    assert read(out, schema.SolverParameter).message == expected


@pytest.mark.parametrize("name", ["v0_legacy", "v1_legacy"])
def test_binary_nets_become_what_caffe_makes_of_them(run: Run, name: str, tmp_path: Path) -> None:
    out = tmp_path / "out.caffemodel"
    assert run("upgrade", GOLDEN / f"{name}.caffemodel", out).code == 0
    found = schema.NetParameter.FromString(out.read_bytes())
    assert found == schema.NetParameter.FromString((GOLDEN / f"{name}.upgraded.caffemodel").read_bytes())
    assert sum(len(layer.blobs) for layer in found.layer) > 1


def test_a_file_may_be_upgraded_in_place_and_only_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('# mine\nlayers { name: "r" type: RELU bottom: "x" top: "x" }  # loud\n')
    assert run("upgrade", path, path) == (0, "", f"{path}: old forms written as today's: `layers`\n")
    text = '# mine\nlayer { name: "r" type: "ReLU" bottom: "x" top: "x" }  # loud\n'
    assert path.read_text() == text
    assert run("upgrade", path, path) == (0, "", f"{path}: is in today's form already\n")
    assert path.read_text() == text


def test_comments_of_any_encoding_stay_as_they_are(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(b'# \xc4\xe3\nlayers { name: "r" type: RELU bottom: "x" top: "x" }  # \xe9\n')
    assert run("upgrade", path, path).code == 0
    assert path.read_bytes() == b'# \xc4\xe3\nlayer { name: "r" type: "ReLU" bottom: "x" top: "x" }  # \xe9\n'


@pytest.mark.parametrize("name", ["net.prototxt", "model.caffemodel"])
def test_what_is_in_todays_form_comes_out_byte_for_byte(run: Run, name: str, tmp_path: Path) -> None:
    new, out = tmp_path / name, tmp_path / "out"
    net = schema.NetParameter(name="n", layer=[schema.LayerParameter(name="c", blobs=[schema.BlobProto(data=[2])])])
    content = net.SerializeToString() if "model" in name else b'  name:"n" # odd\r\n layer{name:"c"}'
    new.write_bytes(content)
    assert run("upgrade", new, out).err == f"{new}: is in today's form already\n"
    assert out.read_bytes() == content


@pytest.mark.parametrize(
    "text",
    [
        'block { name: "b" layers { name: "r" type: RELU } }\nuse { block: "b" }',
        'block { name: "b" layers { name: "r" type: RELU } }',
    ],
)
def test_what_is_abbreviated_is_to_be_expanded_first(run: Run, text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(text)
    done = run("upgrade", path, path)
    assert (done.code, path.read_text()) == (1, text)
    assert done.err == f"{path} is abbreviated: netdef expand writes its net out in full, and that can be upgraded\n"


def test_what_is_abbreviated_and_in_todays_form_stays(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('repeat { index: "i" times: 2 layer { name: "l${i}" } }')
    assert run("upgrade", path, path).err == f"{path}: is in today's form already\n"


def test_a_comment_without_a_place_is_not_lost_in_silence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('layers { layer { name: "p" type: "padding" pad: 1 # wide\n } bottom: "x" top: "p" }\n')
    done = run("upgrade", path, path)
    assert f"{path}: a comment has no place in today's form: # wide\n" in done.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'layers { name: "a" type: RELUU }', "type is RELUU, must be"),
        (b'layer { name: "a" }\nlayers { name: "b" }', "must have one form only"),
        (b"\x89HDF\r\n\x1a\n\0\0", "is an HDF5 file, of which there is no old form"),
        (b"\x0a\x03abc\x00\x01\x02 cut off", "is a damaged or cut-off file"),
        (b"\xff\xfel\0a\0y\0", "is UTF-16 text"),
    ],
)
def test_what_cannot_be_read_is_not_written(run: Run, content: bytes, words: str, tmp_path: Path) -> None:
    path, out = tmp_path / "net", tmp_path / "out"
    path.write_bytes(content)
    for target in (out, path):
        done = run("upgrade", path, target)
        assert done.code == 1
        assert words in done.err
    assert not out.exists()
    assert path.read_bytes() == content


def test_a_solver_state_is_no_net(run: Run) -> None:
    state = GOLDEN.parent / "cli" / "snap_iter_6.solverstate"
    done = run("upgrade", state, "/nowhere/out")
    assert done.code == 1
    assert "is a solver state, not a net or a solver" in done.err


def test_a_missing_file_and_a_place_that_cannot_be(run: Run, tmp_path: Path) -> None:
    assert "v3.prototxt: no such file" in run("upgrade", GOLDEN / "v3.prototxt", tmp_path / "x").err
    done = run("upgrade", GOLDEN / "v1.prototxt", tmp_path / "nowhere" / "x")
    assert (done.code, "cannot be written: No such file" in done.err) == (1, True)
