"""(x - mean) · scale of images that are bytes, by a compiled kernel that passes over memory once."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Structure, addressof, c_char, c_double, c_int64
from typing import TYPE_CHECKING

import numpy as np

from netdef.data.decode import Image
from netdef.data.laid_out_mean import MARGIN, Floats, LaidOutMean
from netdef.data.transform import Cut
from netdef.kernels.built import kernel

if TYPE_CHECKING:
    import torch

FLOAT = 4  # bytes
KERNEL, ADDRESSES = "image_floats", 5
MOST_CHANNELS = 16  # that lie side by side
WORTH_A_THREAD = 1 << 18  # floats that are made while another thread awakes
CACHE = 1 << 20  # bytes: more are written past the caches, which then need not read what is overwritten


class _Task(Structure):
    """What the kernel is told; a row has W·K numbers."""

    _fields_ = [
        *((name, c_int64) for name in ("images", "planes", "rows", "width", "channels")),
        *((name, c_int64) for name in ("image_step", "plane_step", "row_step", "mean_plane", "mean_row")),
        *((name, c_int64) for name in ("mirrored", "streamed", "threads")),
        ("scale", c_double),
    ]


class CompiledFloats:
    """Makes float32 images on the CPU; the mean is one of each pixel (C×H×W), of each channel, of all, or none."""

    def __init__(self, mean: Floats | None, values: Sequence[float], scale: float) -> None:
        self._mean = mean
        self._values = values
        self._scale = scale
        self._laid_out: dict[tuple[int, ...], LaidOutMean] = {}

    def makes(self, device: torch.device, dtype: torch.dtype) -> bool:
        """Tell whether it can make numbers of this type for this device."""
        import torch

        return device.type == "cpu" and dtype is torch.float32 and kernel(KERNEL, ADDRESSES) is not None

    def into(self, floats: Floats) -> FloatImages:
        """Return what writes N×P×H×W×K ``floats``, which lie in one piece."""
        _, planes, _, width, channels = floats.shape
        return FloatImages(floats, self._mean_for(planes, width, channels), self._scale)

    def _mean_for(self, planes: int, width: int, channels: int) -> LaidOutMean:
        key = (planes, width, channels)
        if key not in self._laid_out:
            mean, values = self._mean, self._values
            laid_out = LaidOutMean.of_channels(values, *key) if mean is None else LaidOutMean.of_pixels(mean, planes)
            self._laid_out[key] = laid_out
        return self._laid_out[key]


class FloatImages:
    """The floats of a batch, N×P×H×W×K; several threads may write, each its own rows."""

    def __init__(self, floats: Floats, mean: LaidOutMean, scale: float) -> None:
        call = kernel(KERNEL, ADDRESSES)
        assert call is not None, "kernels are not built"
        self._call = call
        self._floats, self._address, self._step = floats, floats.ctypes.data, floats.strides[0]
        self._mean, self._numbers = mean, mean.numbers[MARGIN:].ctypes.data
        self._scale = scale
        self._width = floats.shape[3]
        self._tasks: dict[tuple[tuple[int, ...], bool], _Task] = {}

    def write(self, row: int, image: Image, cut: Cut) -> None:
        """Write the window at ``cut`` of an image P×H×W×K."""
        strides = image.strides
        task = self._tasks.get((strides, cut.mirrored)) or self._task_for(strides, cut.mirrored)
        corner = _address(image) + cut.top * strides[1] + cut.left * strides[2]
        mean = self._numbers + self._mean.start(cut, self._width) * FLOAT
        self._call(addressof(task), corner, mean, None, self._address + row * self._step)

    def _task_for(self, strides: tuple[int, ...], mirrored: bool) -> _Task:
        task = self._task(1, (0, *strides[:2]), mirrored=mirrored)
        self._tasks[strides, mirrored] = task
        return task

    def write_all(self, images: Image, cuts: Sequence[Cut]) -> None:
        """Write images N×P×H×W×K that have been cut at ``cuts``."""
        starts = np.array([self._mean.start(cut, images.shape[3]) for cut in cuts], np.int64)
        task = self._task(len(images), images.strides[:3], threads=_threads(images.size))
        self._call(addressof(task), images.ctypes.data, self._numbers, starts.ctypes.data, self._address)

    def _task(self, count: int, steps: Sequence[int], *, mirrored: bool = False, threads: int = 1) -> _Task:
        _, planes, height, width, channels = self._floats.shape
        sizes = (count, planes, height, width * channels, channels, *steps, self._mean.plane, self._mean.row)
        return _Task(*sizes, mirrored, self._floats.nbytes > CACHE, threads, self._scale)


def _address(image: Image) -> int:
    """Return where an image lies, for one that may be written in a third of the time that NumPy takes."""
    try:
        return addressof(c_char.from_buffer(image.data))
    except TypeError:  # it may not be written
        return image.ctypes.data


def _threads(numbers: int) -> int:
    """Return how many threads are worth it: half of them write as fast as the memory takes it, others have work."""
    import torch

    return max(1, min(torch.get_num_threads() // 2, numbers // WORTH_A_THREAD))
