"""The picture of a pipeline's schedule in docs/."""

from __future__ import annotations

from pathlib import Path

from netdef.cli.main import main

NET = Path(__file__).resolve().parents[1] / "pictures" / "four_stages.prototxt"
MICRO_BATCHES = "8"


def draw_schedule(folder: Path) -> int:
    """Draw the picture into a folder; return 0, or the exit code of the failure."""
    picture = str(folder / "schedule.svg")
    return main(["draw", str(NET), "--schedule", "--micro-batches", MICRO_BATCHES, "-o", picture])
