"""Whether a net and its twin compute the same: a comparison of speeds means nothing without it.

Run it as ``python -m benchmarks.twins.agreement [--nets A,B]`` in the repository's folder. The same weights go into
both; then the deployed scores, the loss (nothing dropped) and the gradients of all parameters must be the same but for
rounding. Ends with code 1 if they are not.
"""

from __future__ import annotations

import argparse
import sys

import torch
from torch import Tensor, nn

from benchmarks.twins.twins import TWINS, Twin, loss_of
from benchmarks.twins.weights import copy, fill
from netdef.loading import load
from netdef.net import Net

# Of the norm, in float32. At a kink of ReLU or of max pooling rounding may choose the other side, and a gradient goes
# another way: in float64 gradients agree to 2e-8 (GoogLeNet) and better.
TOLERANCES = {"scores": 1e-3, "loss": 1e-3, "gradients": 1e-2}
CLASSES = 10


def difference(mine: Tensor, other: Tensor) -> float:
    """Return the norm of the difference as a share of the other's norm."""
    return float((mine - other).detach().norm() / other.detach().norm())


def differences(twin: Twin, batch: int = 2) -> dict[str, float]:
    """Return how far a net is from its twin in each respect."""
    net, other = load(twin.path, phase="TRAIN", device="cpu"), twin.make()
    fill(net)
    copy(net, other)
    _drop_nothing(net, other)
    images = torch.randn(batch, *twin.image, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(batch) % CLASSES
    scores = difference(_deployed(twin, net, images), _scores(other, images))
    inputs = dict(
        zip((top.name for node in net.graph.sources for top in node.tops), (images, labels.float()), strict=True)
    )
    mine, its = net(inputs).loss, loss_of(other.train()(images), labels)
    mine.backward()
    its.backward()  # type: ignore[no-untyped-call]
    return {"scores": scores, "loss": difference(mine, its), "gradients": _gradients_apart(net, other)}


def _drop_nothing(net: Net, other: nn.Module) -> None:
    for node in net.graph.nodes:
        if node.type == "Dropout":
            node.layer.ratio = 0.0  # type: ignore[attr-defined]
    for module in other.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


@torch.no_grad()
def _deployed(twin: Twin, trained: Net, images: Tensor) -> Tensor:
    """Return the scores that the deployed form makes its probabilities of, but for a number common to all."""
    net = load(twin.path, phase="TEST", stages=("deploy",), device="cpu")
    for node in (node for node in net.graph.nodes if node.blobs):
        for blob, learned in zip(net.blobs_of(node.name), trained.blobs_of(node.name), strict=True):
            blob.copy_(learned)
    (probabilities,) = net({"data": images}).blobs.values()
    return _centred(probabilities.log().flatten(1))


@torch.no_grad()
def _scores(other: nn.Module, images: Tensor) -> Tensor:
    scores: Tensor = other.eval()(images)
    return _centred(scores)


def _centred(scores: Tensor) -> Tensor:
    return scores - scores.mean(1, keepdim=True)


def _gradients_apart(net: Net, other: nn.Module) -> float:
    mine = [tensor.grad for parameter, tensor in net.stored() if parameter.learned]
    its = [parameter.grad for parameter in other.parameters()]
    return difference(_all(mine), _all(its))


def _all(gradients: list[Tensor | None]) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients if gradient is not None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", default=":".join(TWINS), help="their names, with colons between")
    far = False
    for name in parser.parse_args().nets.split(":"):
        found = differences(TWINS[name])
        print(f"{name:14}", " ".join(f"{what} {value:.1e}" for what, value in found.items()), flush=True)
        far = far or any(value > TOLERANCES[what] for what, value in found.items())
    if far:
        sys.exit(f"a net and its twin are further apart than {TOLERANCES}")


if __name__ == "__main__":
    main()
