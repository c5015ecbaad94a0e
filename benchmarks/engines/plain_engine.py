"""A case in plain eager PyTorch, as anyone would write it: the twin, torch.optim.SGD, nothing tuned."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels, precision_of
from benchmarks.twins.twins import TWINS, loss_of

RATE = 1e-6

Scores = Tensor | tuple[Tensor, ...]


def prepare(case: Case) -> Callable[[], object]:
    """Return what does the case's task once."""
    return _training(case) if case.task == "train" else _inference(case)


def prepare_compiled(case: Case, device: str) -> Callable[[], object]:
    """Return a training step of someone who tunes: channels last, torch.compile, the fused update."""
    net = TWINS[case.net].make().to(device).train()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images, labels = images_and_labels(case, device)
    images = images.contiguous(memory_format=torch.channels_last)
    return _step(case, net, torch.compile(net), images, labels, fused=True)


def _training(case: Case) -> Callable[[], object]:
    net = TWINS[case.net].make().train()
    return _step(case, net, net, *images_and_labels(case))


def _step(
    case: Case, net: nn.Module, run: Callable[..., Scores], images: Tensor, labels: Tensor, *, fused: bool | None = None
) -> Callable[[], object]:
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=0.9, weight_decay=0.0005, fused=fused)
    precision = precision_of(case, images.device)

    def step() -> float:
        optimizer.zero_grad()
        with precision():
            loss = loss_of(run(images), labels)
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
