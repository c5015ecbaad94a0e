"""(x - mean) · scale, on the device, in place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netdef.data.compiled_floats import CompiledFloats
from netdef.data.mean_file import read_mean_file
from netdef.data.paths import resolve
from netdef.data.transform import Cut
from netdef.errors import DataError
from netdef.layers.shape import show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import torch


class Normalization:
    """The mean and scale of a ``transform_param``; a mean image has the frame that the records have.

    Raises: DataError if both a mean file and mean values are given, or the file cannot be read.
    """

    def __init__(self, options: schema.TransformationParameter, folder: str | Path | None = None) -> None:
        if options.mean_file and options.mean_value:
            raise DataError("mean_file and mean_value are both set: one mean is subtracted; take one of them out")
        self.mean_file = options.mean_file
        self.values = tuple(options.mean_value)
        self.scale = options.scale
        self.pad = options.pad
        self.mean: NDArray[np.float32] | None = None
        if options.mean_file:
            mean, margin = read_mean_file(resolve(options.mean_file, folder)), (options.pad, options.pad)
            self.mean = np.pad(mean, ((0, 0), margin, margin))
        self.compiled = CompiledFloats(self.mean, self.values, self.scale)
        self._laid_out: dict[tuple[object, ...], torch.Tensor] = {}

    def check(self, channels: int, height: int, width: int) -> None:
        """Refuse a record that the mean does not fit.

        Raises: DataError with both sizes.
        """
        if self.mean is not None and self.mean.shape != (channels, height, width):
            found, expected = show((channels, height, width)), show(self.mean.shape)
            frame = f" (both with a frame of {self.pad})" if self.pad else ""
            rule = f"it must have the record's size{frame}"
            raise DataError(f"is {found}, but the mean in {self.mean_file} is {expected}: {rule}")
        if len(self.values) not in (0, 1, channels):
            raise DataError(
                f"has {channels} channels, but there are {len(self.values)} values of mean_value: give one, or one each"
            )

    def apply(self, images: torch.Tensor, cuts: Sequence[Cut]) -> None:
        """Normalize N×C×H×W float images in place; ``cuts`` says which window of the mean belongs to each."""
        if self.mean is not None:
            self._subtract_mean_image(images, cuts)
        elif len(self.values) == 1:
            images.sub_(self.values[0])
        elif self.values:
            images.sub_(self._row_like(images))
        if self.scale != 1:
            images.mul_(self.scale)

    def _subtract_mean_image(self, images: torch.Tensor, cuts: Sequence[Cut]) -> None:
        import torch

        mean = self._mean_like(images)
        height, width = images.shape[2:]
        windows = {cut: _window(mean, cut, height, width) for cut in set(cuts)}
        if len(windows) == 1:
            images.sub_(windows[cuts[0]])
        else:
            torch._foreach_sub_(list(images.unbind()), [windows[cut] for cut in cuts])

    def _row_like(self, images: torch.Tensor) -> torch.Tensor:
        """Return a row of pixels, each the mean, as the images are."""
        key = (images.device, images.dtype, _channels_last(images), images.shape[3])
        if key not in self._laid_out:
            row = images.new_tensor(self.values)[:, None, None].expand(-1, 1, images.shape[3])
            self._laid_out[key] = _laid_out_like(images, row)
        return self._laid_out[key]

    def _mean_like(self, images: torch.Tensor) -> torch.Tensor:
        """Return the mean as the images are: made once, not for each of the blocks that a batch may come in."""
        import torch

        key = (images.device, images.dtype, _channels_last(images))
        if key not in self._laid_out:
            mean = torch.from_numpy(self.mean).to(images.device, images.dtype)
            self._laid_out[key] = _laid_out_like(images, mean)
        return self._laid_out[key]


def _window(mean: torch.Tensor, cut: Cut, height: int, width: int) -> torch.Tensor:
    window = mean[:, cut.top : cut.top + height, cut.left : cut.left + width]
    return window.flip(2) if cut.mirrored else window


def _laid_out_like(images: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
    """Return ``mean`` (C×H×W) with the strides of ``images``; without, subtracting it takes eight times longer."""
    import torch

    layout = torch.channels_last if _channels_last(images) else torch.contiguous_format
    return mean[None].contiguous(memory_format=layout)[0]


def _channels_last(images: torch.Tensor) -> bool:
    import torch

    return images.is_contiguous(memory_format=torch.channels_last)
