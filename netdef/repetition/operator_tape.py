"""Takes down all that a pass does with tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import Structure
from typing import Any

import torch
from torch import Tensor

from netdef.layers.functions.calls import noted
from netdef.layers.functions.plain import PLAIN
from netdef.module.operator_mode import OperatorMode
from netdef.repetition.taken import KernelCall, Look, Operator, Taken, tensors_in

HANG_ON_NUMBERS = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape, torch.Tag.nondeterministic_seeded)
MASKS = (torch.bool, torch.uint8)
ELSEWHERE = ("aten::resize_", "aten::resize_as_", "aten::set_")


class OperatorTape(OperatorMode):
    """Takes down operators, kernels and looks in their order; ``obstacle`` is the first that cannot be done again."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: list[Taken] = []
        self.obstacle = ""
        self._looks = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take down what is done while the block runs."""
        with self, noted(self):
            yield

    def note(self, name: str, task: Structure, tensors: Sequence[Tensor | None]) -> None:
        """Take down a call of a kernel."""
        self.entries.append(KernelCall(name, task, tensors))

    def look(self, check: Callable[..., None], *tensors: Tensor) -> None:
        """Look at numbers, and take that down as a whole."""
        self._looks = True
        try:
            check(*tensors)
        finally:
            self._looks = False
        self.entries.append(Look(check, tensors))

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run an operator, and take it down."""
        made = func(*args, **(kwargs or {}))
        if not self._looks:
            taken = Operator(func, args, kwargs or {}, made)
            self.obstacle = self.obstacle or _obstacle(taken)
            self.entries.append(taken)
        return made


def _obstacle(taken: Operator) -> str:
    """Return why an operator cannot be done again with other numbers; nothing if it can."""
    name = taken.function._schema.name
    if name in ELSEWHERE or _hangs_on_numbers(taken):
        return f"{name} does something else with other numbers"
    for tensor in taken.tensors:
        if type(tensor) not in PLAIN or tensor.layout is not torch.strided or not tensor.is_cpu:
            return f"{name} has a tensor that is not a plain one on the CPU"
    return ""


def _hangs_on_numbers(taken: Operator) -> bool:
    if taken.function._schema.name == "aten::index":
        return any(index.dtype in MASKS for index in tensors_in(taken.arguments[1:]))  # how many are chosen
    return any(tag in taken.function.tags for tag in HANG_ON_NUMBERS)
