"""A step of LeNet by netdef's own kernels, called one after another: what is left when nothing walks a graph."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels
from benchmarks.engines.netdef_engine import RATE
from benchmarks.twins.twins import TWINS
from netdef.layers.functions.convolved_maxima import maxima
from netdef.layers.functions.labelled import minus_labelled
from netdef.layers.functions.product import linear
from netdef.layers.labels import class_numbers
from netdef.layers.pooling_windows import PoolingWindows
from netdef.layers.softmax_with_loss import LEAST_LOG
from netdef.layers.windows import Windows
from netdef.loading import load
from netdef.module.layout import laid_out

MOMENTUM, DECAY = 0.9, 0.0005
WINDOWS, POOLING = Windows((5, 5), (1, 1), (0, 0), (1, 1)), PoolingWindows((2, 2), (2, 2))


def lenet_by_hand(case: Case) -> Callable[[], float]:
    """Return a step of training: forward, backward, update; it gives the loss."""
    parameters = [tensor for _, tensor in load(TWINS[case.net].path, phase="TRAIN", device="cpu").stored()]
    histories = [torch.zeros_like(parameter) for parameter in parameters]
    images, labels = images_and_labels(case, torch.device("cpu"))
    given = labels.float()

    def step() -> float:
        for parameter in parameters:
            parameter.grad = None
        loss = _loss(images, given, parameters)
        loss.backward()  # type: ignore[no-untyped-call]
        value = loss.item()
        for first, lr_mult in enumerate((1, 2)):  # weights, then biases
            _update(parameters[first::2], histories[first::2], RATE * lr_mult)
        return value

    return step


def _loss(images: Tensor, labels: Tensor, parameters: list[Tensor]) -> Tensor:
    conv1, bias1, conv2, bias2, ip1, bias3, ip2, bias4 = parameters
    x = maxima(laid_out(images, channels_last=True), conv1, bias1, WINDOWS, POOLING, rectify=False)
    x = maxima(x, conv2, bias2, WINDOWS, POOLING, rectify=False)
    x = linear(x.flatten(1), ip1, bias3).relu_()
    scores = linear(x, ip2, bias4)
    numbers, _ = class_numbers(labels, scores, 1, None)
    return minus_labelled(scores.log_softmax(1), numbers, 1, LEAST_LOG) / len(labels)


def _update(parameters: list[Tensor], histories: list[Tensor], rate: float) -> None:
    torch._fused_sgd_(
        [parameter.detach() for parameter in parameters],
        [parameter.grad for parameter in parameters if parameter.grad is not None],
        histories,
        weight_decay=DECAY,
        momentum=MOMENTUM,
        lr=1.0,
        dampening=1 - rate,
        nesterov=False,
        maximize=False,
        is_first_step=False,
    )
