"""The networks that are compared, each with its twin: the same network as anyone would write it in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.twins.alexnet import AlexNet
from benchmarks.twins.googlenet import GoogLeNet
from benchmarks.twins.lenet import lenet
from benchmarks.twins.nin import nin_cifar10, nin_imagenet
from benchmarks.twins.resnet50 import ResNet50
from benchmarks.twins.squeezenet import squeezenet
from benchmarks.twins.vgg16 import Vgg16

MODELS = Path(__file__).resolve().parents[2] / "models"
WEIGHTS_OF_LOSSES = (1.0, 0.3, 0.3)  # the scores', and those of GoogLeNet's heads


@dataclass(frozen=True)
class Twin:
    """A model file's network in plain PyTorch, and the shape of an image that it takes."""

    model: str
    make: Callable[[], nn.Module]
    image: tuple[int, int, int]

    @property
    def path(self) -> Path:
        return MODELS / f"{self.model}.prototxt"


TWINS = {
    "AlexNet": Twin("alexnet", AlexNet, (3, 227, 227)),
    "GoogLeNet": Twin("googlenet", GoogLeNet, (3, 224, 224)),
    "VGG-16": Twin("vgg_d", Vgg16, (3, 224, 224)),
    "NIN": Twin("nin_imagenet", nin_imagenet, (3, 224, 224)),
    "ResNet-50": Twin("resnet50", ResNet50, (3, 224, 224)),
    "SqueezeNet": Twin("squeezenet_v1.1", squeezenet, (3, 227, 227)),
    "NIN, CIFAR-10": Twin("nin_cifar10", nin_cifar10, (3, 32, 32)),
    "LeNet": Twin("lenet", lenet, (1, 28, 28)),
}


def loss_of(scores: Tensor | tuple[Tensor, ...], labels: Tensor) -> Tensor:
    """Return what a twin learns to make small."""
    all_scores = (scores,) if isinstance(scores, Tensor) else scores
    weighted = zip(WEIGHTS_OF_LOSSES, all_scores, strict=False)
    return torch.stack([weight * functional.cross_entropy(each, labels) for weight, each in weighted]).sum()
