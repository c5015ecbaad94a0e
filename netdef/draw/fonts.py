"""Letters for pictures where the system has none, as in small containers: those of matplotlib, if it is there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"),
    *("/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts"),
)
SUFFIXES = {".ttf", ".otf", ".ttc", ".pfb"}
CARRIED = "mpl-data/fonts/ttf"
SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@contextmanager
def font_environment() -> Iterator[dict[str, str]]:
    """Give the environment in which Graphviz finds letters."""
    folder = None if _system_has_fonts() else _carried()
    if folder is None:
        yield dict(os.environ)
        return
    with tempfile.TemporaryDirectory() as cache:
        settings = Path(cache) / "fonts.conf"
        settings.write_text(SETTINGS.format(folder=folder, cache=cache), "utf-8")
        yield os.environ | {"FONTCONFIG_FILE": str(settings)}


def _system_has_fonts() -> bool:
    files = (path for folder in FOLDERS for path in Path(folder).expanduser().rglob("*"))
    return any(path.suffix.lower() in SUFFIXES for path in files)


def _carried() -> Path | None:
    package = find_spec("matplotlib")
    for home in (package.submodule_search_locations or ()) if package else ():
        if (folder := Path(home) / CARRIED).is_dir():
            return folder
    return None
