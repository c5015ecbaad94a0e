from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from netdef.errors import UsageError
from netdef.model import load_graph
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.replica import Replica
from netdef.solver.rules.updater import Updater
from netdef.solver.whole_step import StaticBatch, WholeStep
from tests.ways import batch, made, options

CPU, NOWHERE = torch.device("cpu"), torch.device("meta")
MODELS = Path(__file__).parents[2] / "models"


def static(number: int = 0) -> StaticBatch:
    held = StaticBatch(batch(), torch.arange(6), CPU)
    held.fill(batch(number), torch.arange(6) + 6 * number, number)
    return held


def updating(net: Net, **fields: object) -> Updater:
    stored = net.stored()
    mults = [parameter.lr_mult for parameter, _ in stored]
    return Updater(options(**fields), [tensor for _, tensor in stored], mults, mults)


def test_a_batch_is_filled_where_it_lies() -> None:
    held = static(1)
    places = [tensor.data_ptr() for tensor in held.inputs.values()]
    held.fill(batch(2), torch.arange(6) + 12, 2)
    assert [tensor.data_ptr() for tensor in held.inputs.values()] == places
    torch.testing.assert_close(held.inputs, batch(2))
    assert held.rows is not None
    assert (held.rows.tolist(), int(held.key)) == ([12, 13, 14, 15, 16, 17], 2)


def test_a_batch_of_another_shape_is_refused() -> None:
    with pytest.raises(UsageError, match='blob "x" is 4 × 2 × 7 × 5, but 6 × 2 × 7 × 5 in the iteration') as refused:
        static().fill(batch(0, 4), torch.arange(4), 1)
    assert "leave out cuda_graph" in str(refused.value)


def test_a_step_reads_and_writes_tensors_that_stay() -> None:
    net = made()
    updater = updating(net, momentum=0.9)
    batches = [static(0), static(1)]
    step = WholeStep(Replica(net), updater, batches)
    for rate in step.rates:
        rate.fill_(0.1)
    places = [tensor.data_ptr() for tensor in (*net.parameters(), *net.buffers(), *updater.histories)]
    losses = []
    for _ in range(8):
        step()
        losses.append(float(step.loss))
    assert losses[-1] < losses[0]
    assert [tensor.data_ptr() for tensor in (*net.parameters(), *net.buffers(), *updater.histories)] == places
    assert step.result is not None
    assert list(step.result.blobs) == ["loss"]


def test_a_step_of_rate_0_leaves_the_parameters() -> None:
    net = made()
    before = [parameter.detach().clone() for parameter in net.parameters()]
    step = WholeStep(Replica(net), updating(net), [static()])
    step()
    torch.testing.assert_close(before, [parameter.detach() for parameter in net.parameters()])


class Waits(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes what would make the processor wait for a device, or the device for the processor."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.found: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        given, made = (
            {tensor.device.type for tensor in tree_leaves(each) if isinstance(tensor, Tensor) and tensor.dim()}
            for each in ((args, kwargs), result)
        )
        if "_local_scalar" in str(func) or "nonzero" in str(func) or ("cpu" in given and "meta" in made):
            self.found.append(str(func))
        return result


@pytest.mark.parametrize("model", ["lenet", "alexnet", "googlenet", "resnet18", "inception_v3"])
def test_no_step_of_the_networks_waits_for_its_device(model: str) -> None:
    graph = load_graph(str(MODELS / f"{model}.prototxt"), schema.NetState(phase=schema.TRAIN))
    net = Net(graph, device=NOWHERE)
    inputs = {
        top.name: torch.empty([length or 1 for length in top.shape or ()], device=NOWHERE)
        for source in graph.sources
        for top in source.tops
    }
    records = len(next(iter(inputs.values())))
    batch = StaticBatch(inputs, torch.arange(records), NOWHERE)
    step = WholeStep(Replica(net), updating(net, momentum=0.9, weight_decay=0.1, clip_gradients=1.0), [batch])
    with Waits() as waits:
        step()
    assert waits.found == []


def test_what_waits_is_noted() -> None:
    with Waits() as waits:
        torch.ones(3).sum().item()
        torch.ones(3).to(NOWHERE)
    assert waits.found == ["aten._local_scalar_dense.default", "aten._to_copy.default"]
