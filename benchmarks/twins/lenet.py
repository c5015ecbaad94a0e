"""LeNet as Caffe ships it, in plain PyTorch."""

from __future__ import annotations

from torch import nn


def lenet(classes: int = 10) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.MaxPool2d(2, stride=2),
        nn.Conv2d(20, 50, 5),
        nn.MaxPool2d(2, stride=2),
        nn.Flatten(),
        nn.Linear(50 * 4 * 4, 500),
        nn.ReLU(inplace=True),
        nn.Linear(500, classes),
    )
