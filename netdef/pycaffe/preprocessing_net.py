"""What Classifier and Detector share: a deploy net with one input, and a transformer in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netdef.errors import UsageError
from netdef.pycaffe import mode
from netdef.pycaffe.net import Net
from netdef.pycaffe.transformer import Transformer

TO_PLANES = (2, 0, 1)


class PreprocessingNet(Net):
    """A net in phase TEST whose input is made of images, H×W×K with values from 0 to 1.

    Raises: UsageError if the net has not exactly one input.
    """

    def __init__(
        self,
        model_file: str | PathLike[str],
        pretrained_file: str | PathLike[str],
        *,
        mean: ArrayLike | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
    ) -> None:
        super().__init__(model_file, mode.TEST, weights=pretrained_file)
        if len(self.inputs) != 1:
            raise UsageError(f"{model_file}: has {len(self.inputs)} inputs, must have one, the image")
        self.in_ = self.inputs[0]
        self.transformer = Transformer({self.in_: self.blobs[self.in_].shape})
        self.transformer.set_transpose(self.in_, TO_PLANES)
        if mean is not None:
            self.transformer.set_mean(self.in_, mean)
        if input_scale is not None:
            self.transformer.set_input_scale(self.in_, input_scale)
        if raw_scale is not None:
            self.transformer.set_raw_scale(self.in_, raw_scale)
        if channel_swap is not None:
            self.transformer.set_channel_swap(self.in_, channel_swap)

    def predictions(self, images: Sequence[NDArray[np.float32]] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the net's first output for each of the images, one row each."""
        inputs = np.stack([self.transformer.preprocess(self.in_, image) for image in images])
        found: NDArray[np.float32] = self.forward_all(**{self.in_: inputs})[self.outputs[0]]
        return found.reshape(len(found), -1)
