from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from docs.generator.pages import pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WAY_OUT = "run make docs"


def test_the_pages_are_up_to_date() -> None:
    made = pages()
    assert len(made) > 30
    changed = [name for name, text in made.items() if not same(DOCS / name, text)]
    assert changed == [], WAY_OUT


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


def test_no_page_is_left_of_a_layer_that_is_gone() -> None:
    there = {f"layers/{path.name}" for path in (DOCS / "layers").iterdir()}
    assert sorted(there - pages().keys()) == [], WAY_OUT


def test_the_script_writes_what_the_generator_makes(tmp_path: Path) -> None:
    command = [sys.executable, "docs/generate.py", "--pages-only", "--into", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    written = {str(path.relative_to(tmp_path)): path.read_text("utf-8") for path in tmp_path.rglob("*.md")}
    assert written == pages()
