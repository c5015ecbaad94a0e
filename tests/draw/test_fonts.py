import os
import subprocess
from pathlib import Path

import pytest

from netdef.draw import fonts
from netdef.draw.fonts import font_environment
from netdef.draw.render import WHEEL

SOURCE = b"digraph { illumination }"


def test_where_the_system_has_fonts_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "family").mkdir()
    (tmp_path / "family" / "Regular.TTF").touch()
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    with font_environment() as environment:
        assert environment == dict(os.environ)


def test_without_system_fonts_text_gets_its_usual_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(fonts, "SETTINGS", fonts.SETTINGS.replace("/etc/fonts/fonts.conf", "/nowhere"))
    with font_environment() as environment:
        settings = Path(environment["FONTCONFIG_FILE"])
        drawn = subprocess.run([*WHEEL, "-Tpdf"], input=SOURCE, env=environment, capture_output=True, check=True)
    assert b"DejaVu" in drawn.stdout
    assert not settings.exists()


def test_without_any_fonts_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(fonts, "CARRIED", "no/such/folder")
    with font_environment() as environment:
        assert "FONTCONFIG_FILE" not in environment.keys() - os.environ.keys()
