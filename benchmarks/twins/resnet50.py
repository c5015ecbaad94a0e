"""ResNet-50 as its authors published it, in plain PyTorch: a block's stride is in its first convolution."""

from __future__ import annotations

from torch import Tensor, nn

STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))  # width, blocks, stride of the first
WIDENING = 4


class Bottleneck(nn.Module):
    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        wide = WIDENING * width
        project = stride != 1 or channels != wide
        self.shortcut = _normalized(channels, wide, 1, stride) if project else nn.Identity()
        self.branch = nn.Sequential(
            _normalized(channels, width, 1, stride),
            nn.ReLU(inplace=True),
            _normalized(width, width, 3),
            nn.ReLU(inplace=True),
            _normalized(width, wide, 1),
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.relu(self.shortcut(images) + self.branch(images))
        return out


class ResNet50(nn.Module):
    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _normalized(3, 64, 7, 2, bias=True), nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, ceil_mode=True)
        )
        blocks: list[nn.Module] = []
        channels = 64
        for width, count, stride in STAGES:
            blocks += [Bottleneck(channels, width, stride)]
            channels = WIDENING * width
            blocks += [Bottleneck(channels, width, 1) for _ in range(count - 1)]
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.classifier(self.blocks(self.stem(images)))
        return scores


def _normalized(channels: int, width: int, kernel: int, stride: int = 1, *, bias: bool = False) -> nn.Sequential:
    convolution = nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=bias)
    return nn.Sequential(convolution, nn.BatchNorm2d(width))
