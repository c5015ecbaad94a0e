from __future__ import annotations

import pytest
import torch
from torch.distributed.tensor import DTensor

from netdef.net import Net
from netdef.parallel.lending import Lender
from netdef.parallel.sharded import Sharded
from tests.graph.texts import graph, inner_product, layer
from tests.parallel.groups import group_of_one

DATA = layer("Input", "", "x", "input_param { shape { dim: 2 dim: 3 } }", name="data")
SHARED = 'param { name: "w" } param { name: "b" }'
NET = (DATA, inner_product("x", "h", 3, SHARED), inner_product("h", "y", 3, SHARED))


def test_layers_that_share_a_parameter_borrow_it_one_after_the_other() -> None:
    with group_of_one() as group:
        net = Net(graph(*NET), seed=3)
        Sharded(net, group)
        test = Net(graph(*NET), share=net)
        Lender(net).lend_to(test)
        x = torch.arange(6.0).reshape(2, 3)
        torch.testing.assert_close(test({"x": x}).blobs["y"], Net(graph(*NET), seed=3)({"x": x}).blobs["y"])


def test_an_error_in_a_layer_leaves_its_parts_in_place() -> None:
    with group_of_one() as group:
        net = Net(graph(*NET), seed=3)
        Sharded(net, group)
        test = Net(graph(*NET), share=net)
        Lender(net).lend_to(test)
        with pytest.raises(RuntimeError, match="must have the same dtype"):
            test({"x": torch.ones(2, 3, dtype=torch.float64)})
        assert all(isinstance(tensor, DTensor) for _, tensor in test.stored())
