from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from netdef.graph.plan import Piece
from netdef.layers.channels import Range
from netdef.module.first_values import first_tensors
from netdef.module.pieces import Pieces
from tests.graph.texts import graph, layer, node

CPU = {name: torch.device("cpu") for name in "01"}
NET = graph(
    'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 6 dim: 5 } } }',
    layer(
        "Convolution", "x", "c", 'convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } }'
    ),
    layer("BatchNorm", "c", "n"),
)


def made(owner: str, index: int, ranges: list[Range | None], **options: object) -> Pieces:
    parameter = node(NET, owner).blobs[index].parameter
    pieces = tuple(Piece(parameter, own, name) for own, name in zip(ranges, "01", strict=False))
    how = {"seed": 3, "dtype": torch.float32, "channels_last": False, "learns": True} | options
    tensors = first_tensors(parameter, node(NET, owner), pieces, CPU, **how)  # type: ignore[arg-type]
    return Pieces(tuple(tensors.values()), tuple(ranges))


def test_pieces_together_hold_what_one_tensor_would() -> None:
    one, two = made("c", 0, [None]), made("c", 0, [Range(0, 0, 2), Range(0, 2, 4)])
    assert [tensor.shape for tensor in two.tensors] == [(2, 3, 3, 3), (2, 3, 3, 3)]
    assert torch.equal(two.whole(), one.whole())
    assert one.whole().std() > 0
    assert not torch.equal(made("c", 0, [None], seed=4).whole(), one.whole())


@pytest.mark.parametrize("learns", [True, False])
def test_what_the_solver_changes_is_a_parameter_and_statistics_are_not(learns: bool) -> None:
    (weight,), (mean,) = made("c", 0, [None], learns=learns).tensors, made("n", 0, [None]).tensors
    assert isinstance(weight, nn.Parameter)
    assert weight.requires_grad == learns
    assert not isinstance(mean, nn.Parameter)
    assert mean.tolist() == [0, 0, 0, 0]


def test_kernels_lie_as_they_convolve_fastest() -> None:
    (kernel,) = made("c", 0, [None], channels_last=True, dtype=torch.float64).tensors
    assert kernel.is_contiguous(memory_format=torch.channels_last)
    assert kernel.dtype == torch.float64


def test_what_is_given_comes_before_what_a_filler_draws() -> None:
    given = np.arange(4 * 3 * 3 * 3, dtype=np.float32)
    given.flags.writeable = False
    two = made("c", 0, [Range(0, 0, 2), Range(0, 2, 4)], given=given)
    assert two.whole().flatten().tolist() == given.tolist()
    assert all(tensor.requires_grad for tensor in two.tensors)
