from __future__ import annotations

from pathlib import Path

import pytest

from netdef.cli.main import main

MODEL = Path(__file__).parents[2] / "models" / "resnet18.prototxt"


def test_what_is_written_out_means_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "plain.prototxt"
    assert main(["expand", str(MODEL), str(out)]) == 0
    text = out.read_text()
    assert "use {" not in text
    assert "${" not in text
    assert main(["diff", str(MODEL), str(out)]) == 0
    assert main(["check", str(out)]) == 0


def test_a_file_with_mistakes_is_not_written_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, out = tmp_path / "broken.prototxt", tmp_path / "plain.prototxt"
    broken.write_text('use { block: "nowhere" }\n')
    assert main(["expand", str(broken), str(out)]) == 1
    assert "broken.prototxt:1:" in capsys.readouterr().err
    assert not out.exists()
