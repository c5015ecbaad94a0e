"""Nets under torch's own tools: exported for other programs, and transformed by torch.func."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch
from torch.func import functional_call, grad, vmap

from netdef.loading import load

LENET = Path(__file__).parents[1] / "models/lenet.prototxt"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


def test_a_net_is_exported_saved_and_loaded_for_batches_of_any_size() -> None:
    net, images = load(LENET, stages=["deploy"], device="cpu"), torch.rand(3, 1, 28, 28)
    sizes = ({"data": {0: torch.export.Dim("batch", min=2, max=64)}},)
    exported = torch.export.export(net, ({"data": images},), dynamic_shapes=sizes)
    file = io.BytesIO()
    torch.export.save(exported, file)
    file.seek(0)
    loaded = torch.export.load(file).module()
    for batch in (images, torch.rand(7, 1, 28, 28)):
        torch.testing.assert_close(loaded({"data": batch}).blobs, net({"data": batch}).blobs)


def test_each_records_own_gradient_is_found_at_once() -> None:
    net = load(LENET, phase="TRAIN", device="cpu")
    parameters = {name: parameter.detach() for name, parameter in net.named_parameters()}
    images, labels = torch.rand(3, 1, 28, 28), torch.tensor([7.0, 0, 2])

    def loss(parameters: dict[str, torch.Tensor], image: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = functional_call(net, parameters, ({"data": image[None], "label": label[None]},)).loss
        return found

    each = vmap(grad(loss), (None, 0, 0))(parameters, images, labels)
    net({"data": images, "label": labels}).loss.backward()
    for name, parameter in net.named_parameters():
        torch.testing.assert_close(each[name].mean(0), parameter.grad)
