from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import torch

from netdef.cli.iteration_time import WARM_UP, IterationTime, time_iterations
from netdef.cli.random_inputs import random_inputs
from netdef.loading import load
from netdef.net import Net
from tests import nets

LIMITED = """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "y" type: "InnerProduct" bottom: "x" top: "y" loss_weight: 1
            param { max_rms: 0.5 } inner_product_param { num_output: 4 weight_filler { type: "constant" value: 2 } } }
"""
LENET = Path(__file__).parents[2] / "models" / "lenet.prototxt"


@pytest.fixture
def net() -> Net:
    return load(LENET, phase="TRAIN", device="cpu")


def test_the_total_is_the_sum() -> None:
    assert IterationTime(1.0, 2.0, 4.0).total == 7.0


def test_warm_up_runs_are_not_counted(net: Net) -> None:
    entered: list[None] = []

    def precision() -> AbstractContextManager[object]:
        entered.append(None)
        return nullcontext()

    inputs = random_inputs(net.graph, 2, net.device)
    assert len(list(time_iterations(net, inputs, 3, precision))) == 3
    assert len(entered) == 3 + WARM_UP


def test_updates_change_every_parameter_but_hardly(net: Net) -> None:
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    list(time_iterations(net, random_inputs(net.graph, 2, net.device), 1, nullcontext))
    after = net.state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert all(torch.allclose(before[name], after[name], atol=1e-3) for name in before)


def test_limits_of_kernels_are_kept() -> None:
    net = nets.net(LIMITED)
    list(time_iterations(net, {"x": torch.ones(2, 3)}, 1, nullcontext))
    assert net.blobs_of("y")[0].square().mean(1).sqrt().max() <= 0.5001
