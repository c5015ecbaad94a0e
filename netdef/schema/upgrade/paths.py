"""Where a field of an upgraded message stood in the original."""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str | int, ...]


def follow(paths: Mapping[Path, Path], path: Path) -> Path:
    """Translate a path: its longest beginning that ``paths`` knows is replaced, the rest kept."""
    for length in range(len(path), 0, -1):
        if (start := paths.get(path[:length])) is not None:
            return start + path[length:]
    return path


def compose(later: Mapping[Path, Path], earlier: Mapping[Path, Path]) -> dict[Path, Path]:
    """Join the maps of two steps: from paths after the later one to paths before the earlier one."""
    forward = {old: new for new, old in later.items()}
    carried = {follow(forward, new): old for new, old in earlier.items()}
    return carried | {new: follow(earlier, old) for new, old in later.items()}
