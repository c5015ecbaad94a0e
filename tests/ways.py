"""A net with most of what the ways to compute must get right: sums, statistics, draws, hidden blobs."""

from __future__ import annotations

import torch
from torch import Tensor

from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer

RECORDS = 6
SOURCE = layer(
    "Input",
    "",
    "x,label",
    f"input_param {{ shape {{ dim: {RECORDS} dim: 2 dim: 7 dim: 5 }} shape {{ dim: {RECORDS} }} }}",
    name="data",
)
FILLED = 'weight_filler { type: "gaussian" std: 0.3 }'
CONVOLUTION = layer("Convolution", "x", "c", f"convolution_param {{ num_output: 4 kernel_size: 3 {FILLED} }}")
TEXTS = (
    SOURCE,
    CONVOLUTION,
    layer("BatchNorm", "c", "b"),
    layer("LRN", "b", "n"),
    layer("ReLU", "n", "n", name="relu"),
    layer("Dropout", "n", "d"),
    layer("InnerProduct", "d", "y", f"inner_product_param {{ num_output: 3 {FILLED} }}"),
    layer("SoftmaxWithLoss", "y,label", "loss"),
)


def made(*texts: str, seed: int = 3, **how: object) -> Net:
    return Net(graph(*(texts or TEXTS)), seed=seed, **how)  # type: ignore[arg-type]


def batch(number: int = 0, records: int = RECORDS) -> dict[str, Tensor]:
    draw = torch.Generator().manual_seed(number)
    labels = torch.randint(3, (records,), generator=draw).float()
    return {"x": torch.randn(records, 2, 7, 5, generator=draw), "label": labels}


def learn(net: Net, steps: int, *, with_rows: bool = True, records: int = RECORDS) -> list[float]:
    """Take some steps of plain descent, and return their losses."""
    losses = []
    for step in range(steps):
        net.zero_grad()
        rows = torch.arange(step * records, (step + 1) * records) if with_rows else None
        loss = net(batch(step, records), rows=rows, iteration=step).loss
        loss.backward()
        losses.append(float(loss.detach()))
        with torch.no_grad():
            for parameter in net.parameters():
                assert parameter.grad is not None
                parameter.sub_(0.1 * parameter.grad)
    return losses


def state(net: Net) -> list[Tensor]:
    """Return copies of all that a net holds."""
    return [tensor.detach().clone() for tensor in (*net.parameters(), *net.buffers())]


def options(**fields: object) -> schema.SolverParameter:
    return schema.SolverParameter(base_lr=0.1, lr_policy="fixed", **fields)  # type: ignore[arg-type]
