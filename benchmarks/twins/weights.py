"""The same parameters in a net and in its twin."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import torch
from torch import Tensor, nn

from netdef.net import Net

WITH_PARAMETERS = (nn.Conv2d, nn.Linear, nn.BatchNorm2d)


@torch.no_grad()
def fill(net: Net, seed: int = 0) -> None:
    """Give a net weights with which numbers neither grow nor fade on their way, and statistics as if it had learned."""
    draw = torch.Generator().manual_seed(seed)
    for node in net.graph.nodes:
        blobs = net.blobs_of(node.name) if node.blobs else []
        if node.type == "BatchNorm":
            _fill_statistics(blobs, draw)
            continue
        for blob in blobs:
            fan_in = blob[0].numel() if blob.dim() > 1 else 1
            spread = sqrt(2 / fan_in) if blob.dim() > 1 else 0.1
            blob.normal_(0 if blob.dim() > 1 or node.type != "Scale" else 0.5, spread, generator=draw)


def _fill_statistics(blobs: list[Tensor], draw: torch.Generator) -> None:
    means, variances, factor = blobs
    means.normal_(0, 0.1, generator=draw)
    variances.uniform_(0.5, 1.5, generator=draw)
    factor.fill_(1)


@torch.no_grad()
def copy(net: Net, twin: nn.Module) -> None:
    """Copy a net's parameters and statistics into its twin, whose modules are in the order of the file's layers."""
    blobs = iter([blob for node in net.graph.nodes if node.blobs for blob in net.blobs_of(node.name)])
    for module in _with_parameters(twin):
        if isinstance(module, nn.BatchNorm2d):
            _copy_statistics(module, blobs)
        for parameter in module.parameters(recurse=False):
            parameter.copy_(next(blobs))
    if rest := len(list(blobs)):
        raise ValueError(f"the net has {rest} blobs more than its twin")


def _copy_statistics(module: nn.BatchNorm2d, blobs: Iterator[Tensor]) -> None:
    means, variances, factor = next(blobs), next(blobs), next(blobs)
    if module.running_mean is not None and module.running_var is not None:
        module.running_mean.copy_(means / factor)
        module.running_var.copy_(variances / factor)


def _with_parameters(twin: nn.Module) -> Iterator[nn.Module]:
    return (module for module in twin.modules() if isinstance(module, WITH_PARAMETERS))
