from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.chains import IMAGES, VOLUMES, convolution, scale
from tests.compiled import kernels
from tests.graph.texts import layer
from tests.nets import net, numbers

__all__ = ["kernels"]

BRANCHES = (
    convolution("x", "a", "num_output: 20"),
    convolution("x", "b", "num_output: 40 group: 2"),
    layer("ReLU", "b", "b", name="r"),
    convolution("x", "c", "num_output: 3"),  # too few for the kernels
    layer("ReLU", "c", "c", "relu_param { negative_slope: 0.5 }", name="leaky"),
    layer("Concat", "a,b,c", "y"),
    convolution("y", "z", "num_output: 8"),
)


def blobs(found: Net, x: Tensor, *, fuse: bool, keep: tuple[str, ...] = ()) -> dict[str, Tensor]:
    found.fuse = fuse
    with torch.no_grad():
        result: dict[str, Tensor] = found({"x": x}, keep=keep).blobs
    return result


@pytest.mark.parametrize(("form", "size"), [(IMAGES, (4, 7, 5)), (VOLUMES, (4, 3, 7, 5))])
@pytest.mark.parametrize("keep", [(), ("y",), ("b",)])
def test_what_is_written_in_its_place_is_what_a_concat_joins(
    form: str, size: tuple[int, ...], keep: tuple[str, ...], kernels: str
) -> None:
    found = net(form, *BRANCHES, phase=schema.TEST, weights_stay=True)
    for batch in (2, 3):
        x = numbers(batch, *size)
        own, wanted = blobs(found, x, fuse=True, keep=keep), blobs(found, x, fuse=False, keep=keep)
        assert list(own) == list(wanted)
        for name in wanted:
            torch.testing.assert_close(own[name], wanted[name], rtol=1e-5, atol=1e-5)


def test_places_are_those_of_the_pass_alone(kernels: str) -> None:
    found = net(IMAGES, *BRANCHES[:-1], scale("y", "s", "s"), phase=schema.TEST, weights_stay=True)
    first = blobs(found, numbers(2, 4, 7, 5), fuse=True, keep=("y",))["y"].clone()
    kept = blobs(found, numbers(2, 4, 7, 5), fuse=True, keep=("y",))["y"]
    blobs(found, numbers(2, 4, 7, 5, seed=1), fuse=True, keep=("y",))
    torch.testing.assert_close(kept, first)
