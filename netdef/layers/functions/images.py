"""Images as compiled kernels take them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from netdef.kernels.built import width
from netdef.layers.functions.plain import FLOAT, are_floats, are_plain

IMAGE_AXES = 4


def are_images(x: Tensor, *, dtypes: Sequence[torch.dtype] = FLOAT) -> bool:
    """Tell whether kernels take these: N×C×H×W with its channels last, of which nothing but its numbers is asked for.

    That is so at another precision, too: for kernels of what is no product, which autocast leaves as it is.
    """
    if x.dim() != IMAGE_AXES or not are_floats(x, dtypes=dtypes) or width() is None:
        return False
    return x.is_contiguous(memory_format=torch.channels_last) and x.numel() > 0


def suits(x: Tensor, *others: Tensor) -> bool:
    """Tell whether kernels may multiply such images by others of these."""
    return are_images(x) and are_plain(*others)
