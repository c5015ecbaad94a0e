"""The means of windows by a compiled kernel, where no gradient is wanted."""

from __future__ import annotations

import torch
from torch import Tensor

from netdef.layers.functions.calls import run
from netdef.layers.functions.compiled_maxima import blank, task_of
from netdef.layers.functions.images import are_images
from netdef.layers.pooling_windows import PoolingWindows


def takes(x: Tensor) -> bool:
    """Tell whether the kernel finds means of such images."""
    return are_images(x) and not (torch.is_grad_enabled() and x.requires_grad)


def means(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return Σ x over the number of places of each window on the padded image; N×C×H×W, channels last."""
    task = task_of(x, windows)
    y = blank(task, x)
    run("means", task, x, y)
    return y
