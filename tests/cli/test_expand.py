"""``netdef expand``: a net without abbreviations."""

from pathlib import Path
from typing import Any

import pytest

Run = Any
MODEL = Path(__file__).parents[2] / "models" / "resnet18.prototxt"
BLOCKS = (
    'block {\n  name: "b"\n  argument: "name"\n  layer { name: "${name}" type: "ReLU" bottom: "x" top: "${name}" }\n}\n'
)
LAYER = 'layer { name: "a" type: "ReLU" bottom: "x" top: "a" }\n'


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "blocks").write_text(BLOCKS)
    path = tmp_path / "net"
    path.write_text('# A net.\ninclude: "blocks"\nuse { block: "b" name: "a" }\n')
    return path


def test_the_net_is_written_in_full(run: Run, net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("expand", net, out) == (0, "", "")
    assert out.read_text() == f"# A net.\n{LAYER}"
    assert run("diff", net, out).code == 0


def test_a_model_that_ships_means_the_same_in_full(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("expand", MODEL, out).code == 0
    assert "use {" not in out.read_text()
    assert "${" not in out.read_text()
    assert run("diff", MODEL, out).code == 0
    assert run("fmt", "--check", out).code == 0


def test_it_may_be_printed(run: Run, net: Path) -> None:
    assert run("expand", net, "-") == (0, f"# A net.\n{LAYER}", "")


def test_a_plain_file_is_copied(run: Run, net: Path, tmp_path: Path) -> None:
    net.write_bytes(b"layer{name:'a'} # odd\r\n")
    assert run("expand", net, tmp_path / "out").code == 0
    assert (tmp_path / "out").read_bytes() == net.read_bytes()


def test_a_file_with_errors_is_not_written(run: Run, net: Path, tmp_path: Path) -> None:
    net.write_text(net.read_text().replace("name", "nam") + "x: @")
    done = run("expand", net, tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert not (tmp_path / "out").exists()
    net.write_text(net.read_text().replace("x: @", ""))
    assert 'block "b" has no argument "nam"' in run("expand", net, tmp_path / "out").err
    assert not (tmp_path / "out").exists()


def test_warnings_are_told_and_the_net_is_written(run: Run, net: Path, tmp_path: Path) -> None:
    (tmp_path / "blocks").write_text(BLOCKS.replace('argument: "name"', 'argument: ["name", "idle"]'))
    net.write_text(net.read_text().replace('name: "a"', 'name: "a" idle: 3'))
    done = run("expand", net, tmp_path / "out")
    assert done.code == 0
    assert 'warning: block "b" does nothing with its argument "idle"' in done.err
    assert (tmp_path / "out").read_text().endswith(LAYER)
