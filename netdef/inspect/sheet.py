"""A sheet of test images with what the net says of each: the mistakes first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.errors import DataError
from netdef.inspect.predictions import Predictions

Picture = NDArray[np.uint8]

SIDE = 84  # pixels of an image on the sheet
CAPTION = 26
GAP = 10
HEADER = 54
PAPER, INK, FAINT = (255, 255, 255), (40, 40, 40), (120, 120, 120)
RIGHT, WRONG = (80, 150, 40), (50, 50, 210)  # blue, green, red
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_sheet(
    predictions: Predictions,
    path: str | Path,
    *,
    title: str,
    line: str = "",
    names: Sequence[str] = (),
    columns: int = 12,
    rows: int = 8,
    seed: int = 0,
) -> None:
    """Draw as many images as fit: up to half of them mistakes, the surest first, then a random choice of the others.

    ``line`` stands below the title, how many are right if it is empty; ``names`` are those of the classes, their
    numbers if there are none.

    Raises: DataError if the picture cannot be written.
    """
    shown = _choice(predictions, columns * rows, seed)
    sheet = _paper(columns, -(-len(shown) // columns))
    _write(sheet, title, (GAP, 24), 0.62, INK)
    _write(sheet, line or _how_many(predictions), (GAP, 45), 0.42, FAINT)
    for place, index in enumerate(shown):
        row, column = divmod(place, columns)
        corner = (GAP + column * (SIDE + GAP), HEADER + row * (SIDE + CAPTION + GAP))
        _draw(sheet, corner, predictions, index, names)
    _save(sheet, Path(path))


def _how_many(predictions: Predictions) -> str:
    wrong = int((~predictions.right).sum())
    share = f"{predictions.accuracy:.2%} of {len(predictions.labels):,} right"
    return f"{share}; the {wrong} mistakes first, the surest of them at the left"


def _save(sheet: Picture, path: Path) -> None:
    if not cv2.haveImageWriter(str(path)):
        raise DataError(f"{path} cannot be written: the name must end in .png or .jpg")
    if not path.parent.is_dir() or not cv2.imwrite(str(path), sheet):
        raise DataError(f"{path} cannot be written: is {path.parent} a folder to write into?")


def _choice(predictions: Predictions, room: int, seed: int) -> list[int]:
    wrong = np.flatnonzero(~predictions.right)
    wrong = wrong[np.argsort(-predictions.confidence[wrong])][: room // 2]
    right = np.random.default_rng(seed).permutation(np.flatnonzero(predictions.right))
    return [int(index) for index in (*wrong, *right[: room - len(wrong)])]


def _paper(columns: int, rows: int) -> Picture:
    height = HEADER + rows * (SIDE + CAPTION + GAP)
    width = GAP + columns * (SIDE + GAP)
    return np.full((height, width, 3), PAPER, np.uint8)


def _draw(sheet: Picture, corner: tuple[int, int], predictions: Predictions, index: int, names: Sequence[str]) -> None:
    x, y = corner
    sheet[y : y + SIDE, x : x + SIDE] = _picture(predictions.images[index])
    right = bool(predictions.right[index])
    color = RIGHT if right else WRONG
    cv2.rectangle(sheet, (x - 1, y - 1), (x + SIDE, y + SIDE), color, 1 if right else 2)
    said = _name(predictions.classes[index], names)
    _write(sheet, f"{said} {predictions.confidence[index]:.0%}", (x, y + SIDE + 16), 0.42, color)
    if not right:
        truth = f"is {_name(predictions.labels[index], names)}"
        (width, _), _ = cv2.getTextSize(truth, FONT, 0.42, 1)
        _write(sheet, truth, (x + SIDE - width, y + SIDE + 16), 0.42, INK)


def _picture(image: NDArray[np.float32]) -> Picture:
    """Turn C×H×W numbers of any range, C 1 or 3, into a picture of the sheet's size, darkest to brightest."""
    low, high = float(image.min()), float(image.max())
    scaled = (image - low) * (255 / (high - low) if high > low else 0)
    planes = scaled.astype(np.uint8).transpose(1, 2, 0)
    color = planes if planes.shape[2] == 3 else np.repeat(planes, 3, axis=2)
    return np.asarray(cv2.resize(color, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST), np.uint8)


def _name(number: np.int64, names: Sequence[str]) -> str:
    return names[int(number)] if number < len(names) else str(number)


def _write(sheet: Picture, text: str, place: tuple[int, int], size: float, color: tuple[int, int, int]) -> None:
    cv2.putText(sheet, text, place, FONT, size, color, 1, cv2.LINE_AA)
