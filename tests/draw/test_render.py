import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from netdef.draw import render as render_module
from netdef.draw.render import DOTS_PER_INCH, render
from netdef.errors import UsageError

SOURCE = 'digraph { a -> b [label="é"] }'
BROKEN = "digraph { a -> "


@pytest.fixture
def no_system_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("no_system_graphviz")
def test_svg_without_a_system_graphviz() -> None:
    root = ElementTree.fromstring(render(SOURCE, "svg"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.usefixtures("no_system_graphviz")
def test_png_has_its_resolution() -> None:
    picture = render(SOURCE, "png")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width > DOTS_PER_INCH / 2
    assert height > DOTS_PER_INCH


@pytest.mark.usefixtures("no_system_graphviz")
def test_pdf() -> None:
    assert render(SOURCE, "pdf").startswith(b"%PDF")


@pytest.mark.usefixtures("no_system_graphviz")
def test_the_folder_that_one_stands_in_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pygraphviz.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert render(SOURCE, "svg")


def test_a_system_graphviz_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\necho drawn with "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render(SOURCE, "png") == f"drawn with -Tpng -Gdpi={DOTS_PER_INCH}\n".encode()


def test_where_the_system_graphviz_fails_the_wheel_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render(SOURCE, "pdf").startswith(b"%PDF")


@pytest.mark.usefixtures("no_system_graphviz")
def test_if_all_fail_the_error_tells_why_and_what_to_do() -> None:
    with pytest.raises(UsageError, match="could not be drawn as svg") as caught:
        render(BROKEN, "svg")
    assert "syntax error" in str(caught.value)
    assert "-o net.dot" in str(caught.value)


def test_a_command_that_cannot_start_is_one_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_module, "WHEEL", ("/nowhere/dot",))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="/nowhere/dot"):
        render(SOURCE, "svg")


def test_the_wheel_as_a_command() -> None:
    done = subprocess.run([*render_module.WHEEL, "-Tsvg"], input=SOURCE.encode(), capture_output=True, check=True)
    assert b"</svg>" in done.stdout
