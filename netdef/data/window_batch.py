"""One layer's batch of windows: squares that are partly empty where a window reaches over the edge of its image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.data.batch import Ordinals
from netdef.data.decode import Image
from netdef.data.image_batch import ImageBatch
from netdef.data.normalize import Normalization
from netdef.data.window_placement import Placement

if TYPE_CHECKING:
    import torch

_COLORS = 3


class WindowBatch(ImageBatch):
    """Squares of ``side`` pixels; what lies outside of an image is 0 after the mean is subtracted, not before."""

    def __init__(self, tops: Sequence[str], ordinals: Ordinals, normalization: Normalization, side: int) -> None:
        super().__init__(tops, ordinals, normalization)
        self.images = np.zeros((len(ordinals), 1, side, side, _COLORS), np.uint8)
        self._shown: NDArray[np.bool_] = np.zeros((len(ordinals), side, side), np.bool_)

    def put(self, row: int, image: Image, placement: Placement, mirrored: bool) -> None:
        """Stretch the part of ``image`` (H×W×3) that ``placement`` names and put it into the square ``row``."""
        x1, y1, x2, y2 = placement.source
        if min(placement.height, placement.width) < 1:
            return
        part = cv2.resize(image[y1 : y2 + 1, x1 : x2 + 1], (placement.width, placement.height))
        rows = slice(placement.top, placement.top + placement.height)
        columns = slice(placement.left, placement.left + placement.width)
        self.images[row, 0, rows, columns] = cv2.flip(part, 1) if mirrored else part
        self._shown[row, rows, columns] = True

    def _floats(self, device: torch.device | str, dtype: torch.dtype) -> torch.Tensor:
        import torch

        images = super()._floats(device, dtype)
        if not self._shown.all():
            images.masked_fill_(torch.from_numpy(~self._shown).to(device)[:, None], 0)
        return images
