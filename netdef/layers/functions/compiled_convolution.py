"""Convolutions of images by the compiled kernels: float32, channels last, with what follows them done in passing.

Kernels are laid out in panels: of each group as many outputs as two of the processor's registers take lie together.
"""

from __future__ import annotations

from ctypes import Structure, c_int64
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from netdef.kernels.built import width
from netdef.layers.functions.calls import run, threads_for
from netdef.layers.functions.images import suits
from netdef.layers.functions.overhang import filled
from netdef.layers.windows import Windows

LANES = {"avx512": 16, "avx2": 8}  # numbers in a register
WORTH_A_THREAD = 1 << 18  # products: another thread awakes no sooner than these are done
MOST_TASKS = 64  # that are kept: images may come in any size


class Images(Structure):
    """What kernels are told of a convolution; channels and outputs are those of one group, places lie so far apart."""

    _fields_ = [
        (name, c_int64)
        for name in (
            *("images", "groups", "threads", "height", "width", "channels", "place"),
            *("out_height", "out_width", "outputs", "out_place", "kernel_height", "kernel_width"),
            *("pad_height", "pad_width", "stride_height", "stride_width", "line_step", "tap_step"),
            *("addend_place", "rectify"),
        )
    ]


class Room(Protocol):
    """A place for outputs among others, of which they are some of the ``channels``."""

    channels: int

    def of(self, size: tuple[int, ...], like: Tensor) -> Tensor:
        """Return room for so many numbers."""


class CompiledConvolution:
    """y = bias + Σ W · x, and then a sum and ReLU if wanted, for kernels that stay as they are."""

    kernel = "convolve"

    def __init__(self, weight: Tensor, bias: Tensor | None, windows: Windows, groups: int) -> None:
        self._windows, self._groups, self._outputs = windows, groups, len(weight)
        self._kernels, self._bias = self._laid_out(weight), bias_in_panels(bias, weight, groups)
        self._tasks: dict[tuple[torch.Size, bool, int, int], Images] = {}

    def _laid_out(self, weight: Tensor) -> Tensor:
        return in_panels(weight, self._groups)

    def takes(self, x: Tensor) -> bool:
        """Tell whether bottoms are as the kernels want them, and no shorter than a window."""
        return suits(x) and filled(x, self._windows) is x

    def __call__(
        self, x: Tensor, addend: Tensor | None = None, *, rectify: bool = False, room: Room | None = None
    ) -> Tensor:
        """Convolve N×C×H×W; the addend has the outputs' shape, and all lie with their channels last."""
        out_place = self._outputs if room is None else room.channels
        key = x.shape, rectify, out_place, torch.get_num_threads()
        task = self._tasks.get(key)
        if task is None:
            if len(self._tasks) == MOST_TASKS:
                self._tasks.clear()
            task = self._tasks[key] = task_of(
                x, self._outputs, self._windows, self._groups, rectify=rectify, out_place=out_place
            )
        y = outputs_of(task, x) if room is None else room.of(size_of(task), x)
        run(self.kernel, task, x, self._kernels, self._bias, addend, y)
        return y


def is_built() -> bool:
    """Tell whether there are kernels for this processor."""
    return width() is not None


def task_of(
    x: Tensor, outputs: int, windows: Windows, groups: int, *, rectify: bool = False, out_place: int | None = None
) -> Images:
    """Return what kernels are told of a convolution of N×C×H×W; the places of outputs lie ``out_place`` apart."""
    images, channels, height, breadth = x.shape
    (kernel_height, kernel_width), (pad_height, pad_width) = windows.kernel, windows.pad
    (stride_height, stride_width), (line_step, tap_step) = windows.stride, windows.dilation
    out_height = (height + 2 * pad_height - windows.extents[0]) // stride_height + 1
    out_width = (breadth + 2 * pad_width - windows.extents[1]) // stride_width + 1
    products = images * out_height * out_width * outputs * kernel_height * kernel_width * channels // groups
    threads = threads_for(products, WORTH_A_THREAD)
    return Images(
        *(images, groups, threads, height, breadth, channels // groups, channels),
        *(out_height, out_width, outputs // groups, out_place or outputs, kernel_height, kernel_width),
        *(pad_height, pad_width, stride_height, stride_width, line_step, tap_step),
        *(outputs, rectify),
    )


def outputs_of(task: Images, like: Tensor) -> Tensor:
    """Return room for the outputs of a convolution, channels last."""
    return torch.empty(size_of(task), dtype=like.dtype, memory_format=torch.channels_last)


def size_of(task: Images) -> tuple[int, int, int, int]:
    """Return the size of the outputs of a convolution."""
    return task.images, task.groups * task.outputs, task.out_height, task.out_width


def in_panels(weight: Tensor, groups: int) -> Tensor:
    """Lay K×C×h×w out: for each group and panel of outputs, the panel's numbers for each line, tap and channel."""
    lines = weight.permute(0, 2, 3, 1).reshape(groups, len(weight) // groups, -1)
    count, lanes = lines.shape[1], _lanes()
    whole = count // (2 * lanes) * 2 * lanes
    rest = whole + lanes if 0 < count - whole <= lanes else whole + 2 * lanes if count > whole else whole
    filled = functional.pad(lines, (0, 0, 0, rest - count))
    panels = filled[:, :whole].reshape(groups, -1, 2 * lanes, lines.shape[2]).transpose(2, 3).reshape(groups, -1)
    last = filled[:, whole:].transpose(1, 2).reshape(groups, -1)
    return torch.cat([panels, last], 1)


def bias_in_panels(bias: Tensor | None, weight: Tensor, groups: int) -> Tensor:
    """Lay a bias out as kernels are, zeros if there is none."""
    own = weight.new_zeros(len(weight)) if bias is None else bias
    return in_panels(own[:, None, None, None], groups)


def widened(outputs: int) -> int:
    """Return how many numbers the panels of so many outputs have."""
    lanes = _lanes()
    return -(-outputs // lanes) * lanes


def _lanes() -> int:
    own = width()
    assert own is not None, "kernels are not built"
    return LANES[own]
