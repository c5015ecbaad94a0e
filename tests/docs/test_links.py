"""Every link and picture in the texts for people leads somewhere in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generator.markdown import anchor

ROOT = Path(__file__).parents[2]
TEXTS = sorted({*ROOT.glob("*.md"), *(ROOT / "examples").rglob("*.md"), *(ROOT / "docs").rglob("*.md")})
TEMPLATES = ROOT / "docs" / "templates"  # their links start at docs/, and are checked in the pages made of them
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def links(path: Path) -> list[str]:
    text = CODE.sub("", path.read_text("utf-8"))
    return [first or second for first, second in LINK.findall(text)]


def leads_nowhere(path: Path, link: str) -> bool:
    target, _, heading = link.partition("#")
    there = path.parent / target if target else path
    return not there.exists() or (bool(heading) and heading not in headings(there))


def headings(path: Path) -> set[str]:
    return {anchor(title) for title in re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("path", [path for path in TEXTS if TEMPLATES not in path.parents], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    inside = [link for link in links(path) if not re.match(r"https?:", link)]
    assert [link for link in inside if leads_nowhere(path, link)] == []
