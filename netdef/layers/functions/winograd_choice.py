"""When a convolution is faster by Winograd's algorithm than by plain sums."""

from __future__ import annotations

from math import log2

import torch
from torch import Tensor

from netdef.layers.functions.plain import are_plain
from netdef.layers.functions.winograd import tiles_of
from netdef.layers.functions.winograd_points import KERNEL, POINTS

PLAIN = KERNEL**2  # products for each output and pair of channels
# All times are counted in such products, as measured on Zen 4 with AVX-512.
AT_POINTS, FILLING = 1.15, 24  # a product of small matrices takes as long as this many, and as one with more tiles
VALUE, KERNEL_VALUES = 90, 1700  # to find one value of a tile, and those of a kernel
THREADS = 0.2  # values are found in many short steps: so much longer, by each doubling of threads
FORWARD, TRAINING = 0.8, 0.9  # shares of the time of plain sums below which it is worth while: going back gains more


def suits(x: Tensor, weight: Tensor) -> bool:
    """Tell whether tensors are as Winograd's algorithm wants them, and nothing but their numbers is asked for."""
    return x.is_contiguous(memory_format=torch.channels_last) and are_plain(x, weight)


def pays(x: Tensor, outputs: int, pad: int, groups: int, *, kept: bool = False) -> bool:
    """Tell whether x N×C×H×W is convolved faster; ``kept``: the values of kernels are at hand."""
    n, channels = x.shape[:2]
    tiles = tiles_of(x, pad)
    pairs = channels * outputs / groups
    products = POINTS**2 * (AT_POINTS * n * tiles.count + FILLING) * pairs
    value = VALUE * (1 + THREADS * log2(torch.get_num_threads()))
    values = POINTS**2 * n * tiles.count * (channels + outputs) * value
    kernels = 0 if kept else KERNEL_VALUES * pairs
    plain = PLAIN * n * tiles.height * tiles.width * pairs
    return products + values + kernels < (TRAINING if torch.is_grad_enabled() else FORWARD) * plain
