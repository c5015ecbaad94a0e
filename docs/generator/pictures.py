"""The pictures of docs/: LeNet as it learns, every other network as it is deployed."""

from __future__ import annotations

from pathlib import Path

from netdef.cli.main import main
from netdef.schema.kind import FileKind, kind_of

MODELS = Path(__file__).resolve().parents[2] / "models"
DEPLOYED = ("--phase", "TEST", "--stage", "deploy")
OTHERWISE = {"lenet": ("--phase", "TRAIN", "--rankdir", "LR")}


def draw(folder: Path) -> int:
    """Draw all pictures into a folder; return 0, or the exit code of the one that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    for model in sorted(MODELS.glob("*.prototxt")):
        if kind_of(model) is FileKind.NET:
            flags = OTHERWISE.get(model.stem, DEPLOYED)
            if code := main(["draw", str(model), "-o", str(folder / f"{model.stem}.svg"), *flags]):
                return code
    return 0
