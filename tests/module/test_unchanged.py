from __future__ import annotations

import pytest
import torch
from torch import nn

from netdef.module.unchanged import Unchanged
from netdef.net import Net
from tests.nets import inputs, net, random_product

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } }'


@pytest.fixture
def found() -> Net:
    return net(INPUT, random_product("x", "y"))


@torch.no_grad()
def test_passes_change_nothing_and_writes_do(found: Net) -> None:
    unchanged = Unchanged(found.steps)
    found(inputs())
    assert unchanged
    found.blobs_of("y")[0].mul_(2)
    assert not unchanged
    assert Unchanged(found.steps)


@torch.no_grad()
def test_other_memory_and_other_tensors_are_seen(found: Net) -> None:
    module = found.modules_of(1)[0]
    before = Unchanged(found.steps)
    found.blobs_of("y")[0].data = torch.zeros(4, 3)
    assert not before
    before = Unchanged(found.steps)
    module.blob_1 = nn.Parameter(torch.zeros(4))
    assert not before
