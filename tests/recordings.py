"""What is recorded of passes of small nets of images."""

from __future__ import annotations

from collections.abc import Callable

import torch

from netdef.module.passing import Batch, Passing
from netdef.module.recorded import Recorded
from netdef.module.recording import record
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.chains import IMAGES
from tests.nets import net, numbers


@torch.no_grad()
def recorded(*texts: str) -> Recorded:
    """Return what is recorded of a pass, behind one that makes the weights ready."""
    found = net(IMAGES, *texts, phase=schema.TEST, weights_stay=True)
    x = numbers(2, 4, 7, 5)
    found({"x": x})
    program = found._programs.of_pass([x], ())
    batch, run = _pass(found, x)
    return record(program, batch.inputs, run, batch.values)


def _pass(found: Net, x: torch.Tensor) -> tuple[Batch, Callable[[int], None]]:
    program = found._programs.of_pass([x], ())
    passing = Passing(found.graph, program, found.devices, (), 0, 0, found.dtype)
    batch = Batch({"x": x}, None, found.no_values())
    return batch, lambda index: passing._step(index, batch)
