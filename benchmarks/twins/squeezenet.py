"""SqueezeNet v1.1 as its authors published it, in plain PyTorch."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Fire(nn.Module):
    def __init__(self, channels: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = _convolution(channels, squeezed, 1)
        self.expand1 = _convolution(squeezed, expanded, 1)
        self.expand3 = _convolution(squeezed, expanded, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        squeezed = self.squeeze(images)
        return torch.cat([self.expand1(squeezed), self.expand3(squeezed)], 1)


def squeezenet(classes: int = 1000) -> nn.Sequential:
    return nn.Sequential(
        _convolution(3, 64, 3, stride=2),
        _pooling(),
        Fire(64, 16, 64),
        Fire(128, 16, 64),
        _pooling(),
        Fire(128, 32, 128),
        Fire(256, 32, 128),
        _pooling(),
        Fire(256, 48, 192),
        Fire(384, 48, 192),
        Fire(384, 64, 256),
        Fire(512, 64, 256),
        nn.Dropout(),
        _convolution(512, classes, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def _convolution(channels: int, width: int, kernel: int, *, stride: int = 1, padding: int = 0) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU(inplace=True))


def _pooling() -> nn.MaxPool2d:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)
