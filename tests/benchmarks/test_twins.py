from __future__ import annotations

import pytest
import torch
from torch import Tensor

from benchmarks.twins.agreement import TOLERANCES, differences
from benchmarks.twins.twins import TWINS, loss_of


@pytest.mark.parametrize("name", ["LeNet", "NIN, CIFAR-10"])  # the others by python -m benchmarks.twins.agreement
def test_a_twin_computes_what_the_net_computes(name: str) -> None:
    found = differences(TWINS[name])
    assert found.keys() == TOLERANCES.keys()
    assert all(found[what] <= tolerance for what, tolerance in TOLERANCES.items())


def test_heads_count_less_than_the_scores() -> None:
    labels = torch.tensor([1, 0])
    scores: list[Tensor] = [torch.tensor([[1.0, 2.0, 0.5], [factor, 3.0, 1.0]]) for factor in (0.1, 0.4, 2.0)]
    alone = [float(loss_of(each, labels)) for each in scores]
    assert float(loss_of(tuple(scores), labels)) == pytest.approx(alone[0] + 0.3 * alone[1] + 0.3 * alone[2])


def test_every_twin_has_its_model() -> None:
    assert all(twin.path.exists() for twin in TWINS.values())
