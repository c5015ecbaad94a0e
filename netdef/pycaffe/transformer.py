"""From images as people hold them to the inputs of a net, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netdef.errors import UsageError
from netdef.pycaffe.resize import resize_image

IMAGE_AXES = 3


class TransformerError(UsageError, ValueError):
    """A transformation that does not fit its input."""


class Transformer:
    """Turns images, H×W×K, into inputs, usually K×H×W: each input blob by rules of its own.

    In this order: resize to the input's height and width, transpose the axes, swap the channels, multiply by the raw
    scale, subtract the mean, multiply by the input scale; each but the first only if it is set.
    ``inputs`` are shapes, N×K×H×W, by blob name.
    """

    def __init__(self, inputs: Mapping[str, Sequence[int]]) -> None:
        self.inputs = {name: tuple(shape) for name, shape in inputs.items()}
        self.transpose: dict[str, tuple[int, ...]] = {}
        self.channel_swap: dict[str, tuple[int, ...]] = {}
        self.raw_scale: dict[str, float] = {}
        self.mean: dict[str, NDArray[np.float32]] = {}
        self.input_scale: dict[str, float] = {}

    def preprocess(self, in_: str, data: ArrayLike) -> NDArray[np.float32]:
        """Return an image as the input ``in_`` takes it, without the batch axis."""
        self._check_input(in_)
        made = np.array(data, np.float32)
        if made.shape[:2] != self.inputs[in_][2:]:
            made = resize_image(made, self.inputs[in_][2:])  # type: ignore[arg-type]
        if in_ in self.transpose:
            made = made.transpose(self.transpose[in_])
        if in_ in self.channel_swap:
            made = made[list(self.channel_swap[in_])]
        made = made * self._factor(self.raw_scale, in_)
        if in_ in self.mean:
            made = made - self.mean[in_]
        return made * self._factor(self.input_scale, in_)

    def deprocess(self, in_: str, data: ArrayLike) -> NDArray[np.float32]:
        """Return what went into ``preprocess``, in the input's size."""
        self._check_input(in_)
        made = np.array(data, np.float32).squeeze() / self._factor(self.input_scale, in_)
        if in_ in self.mean:
            made = made + self.mean[in_]
        made = made / self._factor(self.raw_scale, in_)
        if in_ in self.channel_swap:
            made = made[np.argsort(self.channel_swap[in_])]
        if in_ in self.transpose:
            made = made.transpose(np.argsort(self.transpose[in_]))
        return made

    @staticmethod
    def _factor(scales: Mapping[str, float], in_: str) -> np.float32:
        return np.float32(scales.get(in_, 1))

    def set_transpose(self, in_: str, order: Sequence[int]) -> None:
        """Set the order of the axes: (2, 0, 1) makes K×H×W of H×W×K.

        Raises: UsageError if there are not as many as the input has, the batch left out.
        """
        self._check_input(in_)
        axes = len(self.inputs[in_]) - 1
        if len(order) != axes:
            raise TransformerError(f'the order has {len(order)} axes, an item of input "{in_}" has {axes}')
        self.transpose[in_] = tuple(order)

    def set_channel_swap(self, in_: str, order: Sequence[int]) -> None:
        """Set the order of the channels, after the transposition: (2, 1, 0) makes BGR of RGB.

        Raises: UsageError if there are not as many as the input has.
        """
        self._check_input(in_)
        channels = self.inputs[in_][1]
        if len(order) != channels:
            raise TransformerError(f'the order has {len(order)} channels, input "{in_}" has {channels}')
        self.channel_swap[in_] = tuple(order)

    def set_raw_scale(self, in_: str, scale: float) -> None:
        """Set by what pixels are multiplied before the mean is subtracted: 255 for means of pixels from 0 to 255."""
        self._check_input(in_)
        self.raw_scale[in_] = scale

    def set_mean(self, in_: str, mean: ArrayLike) -> None:
        """Set what is subtracted: a number for each channel, or K×H×W, resized if it is of another size.

        Raises: ValueError if it has another number of channels.
        """
        self._check_input(in_)
        array = np.asarray(mean, np.float32)
        if array.ndim == 1:
            array = array[:, None, None]
        elif array.ndim == IMAGE_AXES - 1:
            array = array[None]
        channels, size = self.inputs[in_][1], self.inputs[in_][2:]
        if array.ndim != IMAGE_AXES or array.shape[0] != channels:
            raise TransformerError(f'the mean is of {np.shape(mean)}, but input "{in_}" has {channels} channels')
        if array.shape[1:] not in ((1, 1), size):
            array = resize_image(array.transpose(1, 2, 0), size).transpose(2, 0, 1)  # type: ignore[arg-type]
        self.mean[in_] = array

    def set_input_scale(self, in_: str, scale: float) -> None:
        """Set by what the input is multiplied at the end."""
        self._check_input(in_)
        self.input_scale[in_] = scale

    def _check_input(self, in_: Any) -> None:
        if in_ not in self.inputs:
            raise UsageError(f"{in_} is no input of this transformer; it has: {', '.join(self.inputs)}")
