import io
import sys
from pathlib import Path
from typing import Any

import pytest

from netdef.cli.main import main
from netdef.schema.load import load_net

Run = Any
UGLY = '# first\nlayer{name:"a"  # its name\n type:"ReLU"\n\n\n bottom : "x" top:"x"}'
PRETTY = '# first\nlayer {\n  name: "a"  # its name\n  type: "ReLU"\n\n  bottom: "x"\n  top: "x"\n}\n'


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    path = tmp_path / "ugly.prototxt"
    path.write_text(UGLY)
    return path


@pytest.fixture
def pretty(tmp_path: Path) -> Path:
    path = tmp_path / "pretty.prototxt"
    path.write_text(PRETTY)
    return path


def test_a_file_is_laid_out_in_place_and_means_the_same(run: Run, ugly: Path) -> None:
    before = load_net(ugly).message
    assert run("fmt", ugly) == (0, f"{ugly}: laid out anew\n", "")
    assert ugly.read_text() == PRETTY
    assert load_net(ugly).message == before
    assert run("fmt", ugly) == (0, "", "")


def test_check_names_what_would_change_and_changes_nothing(run: Run, ugly: Path, pretty: Path) -> None:
    assert run("fmt", "--check", pretty) == (0, "", "")
    assert run("fmt", "--check", pretty, ugly) == (1, f"{ugly}\n", "")
    assert ugly.read_text() == UGLY


def test_diff_shows_what_would_change_and_changes_nothing(run: Run, ugly: Path, pretty: Path) -> None:
    assert run("fmt", "--diff", pretty) == (0, "", "")
    done = run("fmt", "--diff", ugly)
    lines = done.out.splitlines()
    assert done.code == 1
    assert lines[:2] == [f"--- {ugly}", f"+++ {ugly}"]
    assert '-layer{name:"a"  # its name' in lines
    assert '+  name: "a"  # its name' in lines
    assert "\\ No newline at end of file" in lines
    assert ugly.read_text() == UGLY


def test_a_dash_reads_and_prints(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(UGLY))
    assert run("fmt", "-") == (0, PRETTY, "")
    monkeypatch.setattr(sys, "stdin", io.StringIO(UGLY))
    assert run("fmt", "--check", "-") == (1, "<stdin>\n", "")


def test_comments_of_any_encoding_stay_as_they_are(run: Run, ugly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ugly.write_bytes(b"# \xc4\xe3\na:1")
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", printed)
        main(["fmt", "--diff", str(ugly)])
    assert b"# \xc4\xe3\n-a:1\n" in printed.detach().getvalue()
    assert run("fmt", ugly).code == 0
    assert ugly.read_bytes() == b"# \xc4\xe3\na: 1\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# \xc4\xe3\na:\xe9"), "utf-8"))
    assert run("fmt", "-") == (1, "", "<stdin>:2:3: byte 0xE9 is not UTF-8\n    save the file as UTF-8\n")


def test_a_file_with_errors_is_left_alone_and_the_others_are_not(run: Run, ugly: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.prototxt"
    broken.write_text('layer {\n  name: "a\n}\n')
    done = run("fmt", broken, ugly)
    assert done.code == 1
    assert f"{broken}:2:9: " in done.err
    assert broken.read_text() == 'layer {\n  name: "a\n}\n'
    assert ugly.read_text() == PRETTY


def test_check_and_diff_do_not_go_together(run: Run, ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("fmt", "--check", "--diff", ugly)
    assert "not allowed with argument" in capsys.readouterr().err


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("fmt", tmp_path / "none.prototxt") == (1, "", f"{tmp_path / 'none.prototxt'}: no such file\n")


def test_abbreviations_stay_as_they_are(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net"
    path.write_text(
        'include:"c"\nblock{name:"b" argument:["n","w"]\n# width\nx:${4*w} y:"${n}_1"}\nuse{block:"b" w:${ 3 }}'
    )
    assert run("fmt", path).code == 0
    assert path.read_text() == (
        'include: "c"\nblock {\n  name: "b"\n  argument: ["n", "w"]\n  # width\n  x: ${4*w}\n  y: "${n}_1"\n}\n'
        'use { block: "b" w: ${ 3 } }\n'
    )
