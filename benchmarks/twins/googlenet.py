"""GoogLeNet as BVLC trained it, with the two heads that help it learn, in plain PyTorch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Widths(NamedTuple):
    """Channels of a module's convolutions, as in table 1 of the paper."""

    point: int
    reduce3: int
    window3: int
    reduce5: int
    window5: int
    projection: int


class Inception(nn.Module):
    def __init__(self, channels: int, widths: Widths) -> None:
        super().__init__()
        self.point = _convolution(channels, widths.point, 1)
        self.window3 = nn.Sequential(
            _convolution(channels, widths.reduce3, 1), _convolution(widths.reduce3, widths.window3, 3, padding=1)
        )
        self.window5 = nn.Sequential(
            _convolution(channels, widths.reduce5, 1), _convolution(widths.reduce5, widths.window5, 5, padding=2)
        )
        self.pooled = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), _convolution(channels, widths.projection, 1)
        )

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([self.point(images), self.window3(images), self.window5(images), self.pooled(images)], 1)


class GoogLeNet(nn.Module):
    """Returns its scores, and while it learns those of the two heads with them."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _convolution(3, 64, 7, stride=2, padding=3),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75),
            _convolution(64, 64, 1),
            _convolution(64, 192, 3, padding=1),
            nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
        )
        self.to_first_head = nn.Sequential(
            Inception(192, Widths(64, 96, 128, 16, 32, 32)),
            Inception(256, Widths(128, 128, 192, 32, 96, 64)),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            Inception(480, Widths(192, 96, 208, 16, 48, 64)),
        )
        self.first_head = _head(512, classes)
        self.to_second_head = nn.Sequential(
            Inception(512, Widths(160, 112, 224, 24, 64, 64)),
            Inception(512, Widths(128, 128, 256, 24, 64, 64)),
            Inception(512, Widths(112, 144, 288, 32, 64, 64)),
        )
        self.second_head = _head(528, classes)
        self.to_end = nn.Sequential(
            Inception(528, Widths(256, 160, 320, 32, 128, 128)),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            Inception(832, Widths(256, 160, 320, 32, 128, 128)),
            Inception(832, Widths(384, 192, 384, 48, 128, 128)),
            nn.AvgPool2d(7),
            nn.Dropout(0.4),
            nn.Flatten(),
            nn.Linear(1024, classes),
        )

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor, Tensor]:
        early = self.to_first_head(self.stem(images))
        middle = self.to_second_head(early)
        scores: Tensor = self.to_end(middle)
        return (scores, self.first_head(early), self.second_head(middle)) if self.training else scores


def _convolution(channels: int, width: int, kernel: int, *, stride: int = 1, padding: int = 0) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU(inplace=True))


def _head(channels: int, classes: int) -> nn.Sequential:
    return nn.Sequential(
        nn.AvgPool2d(5, stride=3, ceil_mode=True),
        _convolution(channels, 128, 1),
        nn.Flatten(),
        nn.Linear(128 * 4 * 4, 1024),
        nn.ReLU(inplace=True),
        nn.Dropout(0.7),
        nn.Linear(1024, classes),
    )
