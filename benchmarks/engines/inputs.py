"""What all contenders of a case are given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import torch
from torch import Tensor

from benchmarks.contest.case import Case
from benchmarks.twins.twins import TWINS

CLASSES = 10  # all nets have as many at least

Precision = Callable[[], AbstractContextManager[object]]


def images_and_labels(case: Case, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """Return random images, as large as pixels less their mean divided by their spread, and random classes."""
    draw = torch.Generator().manual_seed(0)
    images = torch.randn(case.batch, *TWINS[case.net].image, generator=draw)
    return images.to(device), torch.randint(CLASSES, (case.batch,), generator=draw).to(device)


def precision_of(case: Case, device: torch.device | str = "cpu") -> Precision:
    """Return what makes the context to compute in."""
    if case.precision == "FP32":
        return nullcontext
    return partial(torch.autocast, torch.device(device).type, torch.bfloat16)
