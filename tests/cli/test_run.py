from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

import pytest

from netdef.cli.process import PYTHONS_OWN

Run = Any


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a script changes for the whole process is set back."""
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "caffe"]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.py"


def test_caffe_is_netdef_whatever_the_script_does_to_the_path(run: Run, script: Path, tmp_path: Path) -> None:
    old = tmp_path / "old" / "caffe"
    old.mkdir(parents=True)
    (old / "__init__.py").write_text("raise ImportError('its binary was never built')")
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(old.parent)!r})\n"
        "import caffe, caffe.io\nfrom caffe.proto import caffe_pb2\nprint(caffe.__name__, caffe.TEST)\n"
    )
    assert run("run", script) == (0, "netdef.pycaffe 1\n", "")


def test_the_script_gets_its_words_and_finds_its_neighbours(run: Run, script: Path) -> None:
    (script.parent / "neighbour_of_script.py").write_text("VALUE = 7")
    script.write_text("import sys\nfrom neighbour_of_script import VALUE\nprint(__name__, sys.argv[1:], VALUE)")
    done = run("run", script, "net.prototxt", "-gpu=0", "--log_dir", "x", "--help")
    assert done.out == "__main__ ['net.prototxt', '-gpu=0', '--log_dir', 'x', '--help'] 7\n"


def test_garbage_is_collected_as_in_any_script(run: Run, script: Path) -> None:
    ours = gc.get_threshold()
    script.write_text("import gc\nprint(gc.get_threshold())")
    try:
        assert run("run", script).out == f"{PYTHONS_OWN}\n"
    finally:
        gc.set_threshold(*ours)


def test_what_it_raises_is_shown_from_its_own_lines_on(run: Run, script: Path) -> None:
    script.write_text("import caffe\n\ncaffe.Net('absent.prototxt', caffe.TEST)\n")
    code, out, err = run("run", script)
    assert (code, out) == (1, "")
    assert err.splitlines()[1] == f'  File "{script}", line 3, in <module>'
    assert "absent.prototxt" in err.splitlines()[-1]


def test_it_may_leave_with_a_code_of_its_own(run: Run, script: Path) -> None:
    script.write_text("import sys\nsys.exit(3)")
    with pytest.raises(SystemExit) as left:
        run("run", script)
    assert left.value.code == 3


def test_a_script_that_is_not_there(run: Run, script: Path) -> None:
    assert run("run", script) == (1, "", f"{script}: there is no such script\n")
