"""The pictures of docs/, drawn by the command that draws the user's."""

from __future__ import annotations

from pathlib import Path

from netdef.cli.main import main

MODELS = Path(__file__).resolve().parents[2] / "models"
PICTURES = {
    "lenet.svg": ("lenet", "--phase", "TRAIN", "--rankdir", "LR"),
    "alexnet.svg": ("alexnet", "--phase", "TEST", "--stage", "deploy"),
}


def draw(folder: Path) -> int:
    """Draw all pictures into a folder; return 0, or the exit code of the one that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (model, *flags) in PICTURES.items():
        code = main(["draw", str(MODELS / f"{model}.prototxt"), "-o", str(folder / name), *flags])
        if code:
            return code
    return 0
