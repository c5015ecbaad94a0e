"""A net that says what images show."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netdef.pycaffe.images import center_crop
from netdef.pycaffe.images import oversample as ten_crops
from netdef.pycaffe.preprocessing_net import PreprocessingNet
from netdef.pycaffe.resize import resize_image

CROPS = 10


class Classifier(PreprocessingNet):
    """Classifies images: resized to ``image_dims``, cropped to the net's input, and preprocessed as the options say."""

    def __init__(
        self,
        model_file: str | PathLike[str],
        pretrained_file: str | PathLike[str],
        image_dims: Sequence[int] | None = None,
        mean: ArrayLike | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
    ) -> None:
        options: dict[str, Any] = {"mean": mean, "input_scale": input_scale, "raw_scale": raw_scale}
        super().__init__(model_file, pretrained_file, channel_swap=channel_swap, **options)
        height, width = self.blobs[self.in_].shape[2:]
        self.crop_dims = np.array((height, width))
        self.image_dims = tuple(image_dims) if image_dims is not None and len(image_dims) else (height, width)

    def predict(self, inputs: Sequence[NDArray[Any]], oversample: bool = True) -> NDArray[np.float32]:
        """Return a row of predictions for each image (H×W×K): of ten crops the mean, or of the centre alone."""
        size, crop = (self.image_dims[0], self.image_dims[1]), (int(self.crop_dims[0]), int(self.crop_dims[1]))
        images = np.stack([resize_image(image, size) for image in inputs])
        if oversample:
            found = self.predictions(ten_crops(images, crop))
            return np.asarray(found.reshape(len(images), CROPS, -1).mean(1))
        top, left = center_crop(size, crop)
        return self.predictions(images[:, top : top + crop[0], left : left + crop[1]])
