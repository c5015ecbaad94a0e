"""A net that classifies windows of images (R-CNN: Girshick et al. 2014)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netdef.errors import UsageError
from netdef.pycaffe.images import Image, load_image
from netdef.pycaffe.preprocessing_net import PreprocessingNet
from netdef.pycaffe.resize import resize_image

Window = Sequence[float] | NDArray[Any]


class Detection(TypedDict):
    """What the net says of one window."""

    window: Window
    prediction: NDArray[np.float32]
    filename: str


class Detector(PreprocessingNet):
    """Classifies windows, with ``context_pad`` pixels of the input around each."""

    def __init__(
        self,
        model_file: str | PathLike[str],
        pretrained_file: str | PathLike[str],
        mean: ArrayLike | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
        context_pad: int | None = None,
    ) -> None:
        options: dict[str, Any] = {"mean": mean, "input_scale": input_scale, "raw_scale": raw_scale}
        super().__init__(model_file, pretrained_file, channel_swap=channel_swap, **options)
        self.configure_crop(context_pad)

    def configure_crop(self, context_pad: int | None) -> None:
        """Set how many pixels of context there are; where they lie outside of the image, the mean stands for them.

        Raises: UsageError for so many that the input has no room for the window itself.
        """
        channels, height, width = self.blobs[self.in_].shape[1:]
        if context_pad and 2 * context_pad >= width:
            raise UsageError(f"context_pad is {context_pad}, must be less than half of the input's width, {width}")
        self.crop_dims = np.array((height, width, channels))
        self.context_pad = context_pad
        mean = self.transformer.mean.get(self.in_)
        self.crop_mean = np.zeros(self.crop_dims, np.float32) if mean is None else self._as_image(mean)

    def _as_image(self, mean: NDArray[np.float32]) -> Image:
        """Return the mean as an image in the order and range of those that come in."""
        order = np.argsort(self.transformer.channel_swap.get(self.in_, range(len(mean))))
        scaled = mean[order].transpose(1, 2, 0) / np.float32(self.transformer.raw_scale.get(self.in_, 1))
        return np.broadcast_to(scaled, tuple(self.crop_dims)).astype(np.float32)

    def detect_windows(self, images_windows: Iterable[tuple[str, Iterable[Window]]]) -> list[Detection]:
        """Return what the net says of windows (ymin, xmin, ymax, xmax) of image files.

        Raises: DataError if a file cannot be read, UsageError for a window outside of its image.
        """
        named = [(filename, list(windows)) for filename, windows in images_windows]
        crops = [self.crop(load_image(filename), window) for filename, windows in named for window in windows]
        if not crops:
            return []
        flat = [(filename, window) for filename, windows in named for window in windows]
        return [
            Detection(window=window, prediction=prediction, filename=filename)
            for (filename, window), prediction in zip(flat, self.predictions(crops), strict=True)
        ]

    def detect_selective_search(self, image_fnames: Iterable[str]) -> list[Detection]:
        """Refuse: the proposals came from a MATLAB program that is not here.

        Raises: UsageError.
        """
        raise UsageError(
            "selective search needs a MATLAB program that does not come with netdef:"
            " propose windows by other means and give them to detect_windows"
        )

    def crop(self, im: Image, window: Window) -> Image:
        """Return a window of an image, with its context if there is to be any.

        Raises: UsageError for a window outside of the image.
        """
        box = np.asarray(window, np.float64)
        return self._with_context(im, box) if self.context_pad else _cut(im, box)

    def _with_context(self, im: Image, box: NDArray[np.float64]) -> Image:
        """Return the window in the input's size, grown so that the context lies around it.

        Source: R-CNN's rcnn_im_crop.
        """
        side = self.blobs[self.in_].width
        grown = _grown(box, side / (side - 2 * (self.context_pad or 0)))
        scale = side / (grown[2:] - grown[:2] + 1)  # of height and width
        inside = np.clip(grown, 0, np.tile(im.shape[:2], 2))
        start = np.round(np.maximum(0, -grown[:2]) * scale).astype(int)
        size = np.round((inside[2:] - inside[:2] + 1) * scale).astype(int)
        height, width = np.minimum(size, side - start)
        image = self.crop_mean.copy()
        part = resize_image(_cut(im, inside), (height, width))
        image[start[0] : start[0] + height, start[1] : start[1] + width] = part
        return image


def _grown(box: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Return a box grown around its centre, in whole pixels."""
    half = (box[2:] - box[:2] + 1) / 2
    center = box[:2] + half
    return np.round(np.concatenate([center - factor * half, center + factor * half]))


def _cut(im: Image, box: NDArray[np.float64]) -> Image:
    top, left, bottom, right = (int(edge) for edge in box)
    cut = im[top:bottom, left:right]
    if 0 in cut.shape:
        raise UsageError(f"the window {(top, left, bottom, right)} has no pixels of its image, {im.shape[:2]}")
    return cut
