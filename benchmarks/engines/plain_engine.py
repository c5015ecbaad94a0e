"""A case in plain eager PyTorch, as anyone would write it: the twin, torch.optim.SGD, nothing tuned."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels, precision_of
from benchmarks.twins.twins import TWINS, loss_of

RATE = 1e-6


def prepare(case: Case) -> Callable[[], object]:
    """Return what does the case's task once."""
    return _training(case) if case.task == "train" else _inference(case)


def _training(case: Case) -> Callable[[], object]:
    net = TWINS[case.net].make().train()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=0.9, weight_decay=0.0005)
    images, labels = images_and_labels(case)
    precision = precision_of(case)

    def step() -> float:
        optimizer.zero_grad()
        with precision():
            loss = loss_of(net(images), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return loss.item()

    return step


def _inference(case: Case) -> Callable[[], object]:
    net = TWINS[case.net].make().eval()
    images, _ = images_and_labels(case)
    precision = precision_of(case)

    @torch.inference_mode()
    def forward() -> Tensor:
        with precision():
            return torch.softmax(net(images), 1)

    return forward
