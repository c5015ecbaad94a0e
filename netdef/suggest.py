"""What somebody may have meant who wrote a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word most like ``word``, nothing if none is; ``cutoff`` is how like it must be, 0 … 1."""
    from difflib import get_close_matches  # slow to import, and needed only after an error

    return next(iter(get_close_matches(word, list(known), 1, cutoff)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question after the known word most like ``word``, nothing if none is."""
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near else ""


def way_to_file(path: Path) -> str:
    """Tell of a missing file which one beside it may be meant, or that not even its folder is there."""
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder} either"
    near = nearest(path.name, (entry.name for entry in folder.iterdir() if entry.is_file()))
    return f"did you mean {folder / near}?" if near else ""
