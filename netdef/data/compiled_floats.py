"""(x - mean) · scale of images that are bytes, by a compiled kernel that passes over memory once."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Structure, addressof, c_double, c_int64
from typing import TYPE_CHECKING

import numpy as np

from netdef.data.decode import Image
from netdef.data.laid_out_mean import MARGIN, Floats, LaidOutMean
from netdef.data.transform import Cut
from netdef.kernels.built import kernel

if TYPE_CHECKING:
    import torch

KERNEL, ADDRESSES = "image_floats", 5
WORTH_A_THREAD = 1 << 18  # floats that are made while another thread awakes
CACHE = 1 << 20  # bytes: more are written past the caches, which then need not read what is overwritten


class _Task(Structure):
    """What the kernel is told; a row has W·K numbers."""

    _fields_ = [
        *((name, c_int64) for name in ("images", "planes", "rows", "width", "mean_plane", "mean_row")),
        *((name, c_int64) for name in ("threads", "streamed")),
        ("scale", c_double),
    ]


class CompiledFloats:
    """Makes float32 images on the CPU; the mean is one of each pixel (C×H×W), of each channel, of all, or none."""

    def __init__(self, mean: Floats | None, values: Sequence[float], scale: float) -> None:
        self._mean = mean
        self._values = values
        self._scale = scale
        self._laid_out: dict[tuple[int, ...], LaidOutMean] = {}

    def takes(self, images: Image, floats: torch.Tensor) -> bool:
        """Tell whether it can make these floats, N×C×H×W, of these images."""
        import torch

        plain = type(floats) is torch.Tensor and floats.dtype is torch.float32 and floats.device.type == "cpu"
        in_order = images.flags.c_contiguous and 1 in (images.shape[1], images.shape[4])
        bytes_in_order = images.dtype == np.uint8 and images.size > 0 and in_order
        return plain and bytes_in_order and kernel(KERNEL, ADDRESSES) is not None

    def __call__(self, images: Image, cuts: Sequence[Cut], floats: torch.Tensor) -> None:
        """Write N×P×H×W×K images to ``floats``, which lie as they do; ``cuts`` says where each one's mean is."""
        call = kernel(KERNEL, ADDRESSES)
        assert call is not None, "kernels are not built"
        count, planes, height, width, channels = images.shape
        mean = self._mean_for(planes, width, channels)
        sizes = (count, planes, height, width * channels, mean.plane, mean.row)
        task = _Task(*sizes, _threads(images.size), floats.nbytes > CACHE, self._scale)
        numbers, starts = mean.numbers[MARGIN:], mean.starts(cuts, width)
        call(addressof(task), images.ctypes.data, numbers.ctypes.data, starts.ctypes.data, floats.data_ptr())

    def _mean_for(self, planes: int, width: int, channels: int) -> LaidOutMean:
        key = (planes, width, channels)
        if key not in self._laid_out:
            mean, values = self._mean, self._values
            laid_out = LaidOutMean.of_channels(values, *key) if mean is None else LaidOutMean.of_pixels(mean, planes)
            self._laid_out[key] = laid_out
        return self._laid_out[key]


def _threads(numbers: int) -> int:
    """Return how many threads are worth it: half of them write as fast as the memory takes it, others have work."""
    import torch

    return max(1, min(torch.get_num_threads() // 2, numbers // WORTH_A_THREAD))
