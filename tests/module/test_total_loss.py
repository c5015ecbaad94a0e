from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.graph.plan import Loss, Piece, Take
from netdef.module.total_loss import total_loss
from netdef.module.transfer import Transfers
from netdef.module.values import Values
from tests.graph.texts import IMAGES, LABELS, graph, value

CPU = torch.device("cpu")
NET = graph(IMAGES, LABELS)
FIRST, SECOND = (Piece(value(NET, name), None, "cpu") for name in ("x", "label"))


def total(dtype: torch.dtype, *terms: tuple[float, Piece, Tensor]) -> Tensor:
    values = Values(lambda piece: torch.zeros(()), Transfers())
    for _, piece, tensor in terms:
        values[piece] = tensor
    return total_loss([Loss(weight, (Take(piece, None),)) for weight, piece, _ in terms], values, CPU, dtype)


def test_losses_are_added_by_their_weights() -> None:
    map_of_losses = torch.tensor([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]], requires_grad=True)
    single = torch.tensor(5.0, requires_grad=True)
    loss = total(torch.float32, (1.0, FIRST, map_of_losses), (0.25, SECOND, single))
    assert loss.item() == 63 + 1.25
    loss.backward()  # type: ignore[no-untyped-call]
    assert single.grad == 0.25
    assert map_of_losses.grad is not None
    assert map_of_losses.grad.eq(1).all()


@pytest.mark.parametrize(
    ("dtype", "wide"), [(torch.bfloat16, torch.float32), (torch.float32, torch.float32), (torch.float64, torch.float64)]
)
def test_small_losses_count_beside_large_ones(dtype: torch.dtype, wide: torch.dtype) -> None:
    large, small = torch.tensor(512.0, dtype=dtype), torch.tensor(0.125, dtype=dtype)
    loss = total(dtype, (1.0, FIRST, large), (1.0, SECOND, small))
    assert loss.dtype == wide
    assert loss.item() == 512.125


def test_without_losses_there_is_nothing_to_lose() -> None:
    assert total(torch.float32).item() == 0
