"""Network in network, for ImageNet and for CIFAR-10, in plain PyTorch."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def nin_imagenet(classes: int = 1000) -> nn.Sequential:
    return nn.Sequential(
        *_windows_then_points(3, (96, 96, 96), kernel=11, stride=4),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        *_windows_then_points(96, (256, 256, 256), kernel=5, padding=2),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        *_windows_then_points(256, (384, 384, 384), kernel=3, padding=1),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(),
        *_windows_then_points(384, (1024, 1024, classes), kernel=3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def nin_cifar10(classes: int = 10) -> nn.Sequential:
    return nn.Sequential(
        *_windows_then_points(3, (192, 160, 96), kernel=5, padding=2),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(),
        *_windows_then_points(96, (192, 192, 192), kernel=5, padding=2),
        nn.AvgPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(),
        *_windows_then_points(192, (192, 192, classes), kernel=3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def _windows_then_points(
    channels: int, widths: tuple[int, ...], *, kernel: int, stride: int = 1, padding: int = 0
) -> list[nn.Module]:
    """A convolution, and after it some of 1 x 1; each with its ReLU."""
    layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], kernel, stride, padding), nn.ReLU(inplace=True)]
    for before, width in pairwise(widths):
        layers += [nn.Conv2d(before, width, 1), nn.ReLU(inplace=True)]
    return layers
