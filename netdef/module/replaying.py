"""Which passes run as they were recorded: those of inputs that have come before, with the same weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from netdef.module.programs import Program
from netdef.module.recorded import Recorded, Replay
from netdef.module.recording import record
from netdef.module.values import Values

MOST = 16  # kinds of inputs whose passes are kept


def run_as_recorded(program: Program, inputs: Mapping[str, Tensor], run: Callable[[int], None], values: Values) -> bool:
    """Run a pass from what was recorded, or record it; False if it shall run step by step, from the beginning.

    The first pass of its kind does, and makes the weights ready; the second is recorded. ``run`` runs the step of a
    number.
    """
    kind, known = _kind(inputs), program.recorded
    if kind is None:
        return False
    recorded = known.get(kind)
    if recorded is not None and recorded.weights and _replayed(recorded, inputs, run, values):
        return True
    if recorded is None and kind in known and _are_apart(inputs):
        known[kind] = record(program, inputs, run, values)
        return True
    if len(known) == MOST:
        known.clear()
    known[kind] = None
    return False


def _replayed(recorded: Recorded, inputs: Mapping[str, Tensor], run: Callable[[int], None], values: Values) -> bool:
    replay = Replay(recorded, inputs, values)
    for item, dead in recorded.items:
        if isinstance(item, int):
            run(item)
        elif not replay.run(item):
            return False
        values.drop(dead)
    return True


def _kind(inputs: Mapping[str, Tensor]) -> tuple[object, ...] | None:
    """Return what the calls of kernels hang on; None if inputs are not plain numbers."""
    if not all(type(tensor) is Tensor and tensor.layout is torch.strided for tensor in inputs.values()):
        return None
    alike = ((name, tensor.shape, tensor.stride(), tensor.dtype) for name, tensor in inputs.items())
    return *alike, torch.get_num_threads()


def _are_apart(inputs: Mapping[str, Tensor]) -> bool:
    return len({tensor.untyped_storage().data_ptr() for tensor in inputs.values()}) == len(inputs)
