"""What moves between devices, seen from below torch: each operation must stay on one device, or be a copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from netdef.graph.plan import Copy, Plan
from netdef.graph.ranges import cut

Moved = tuple[str, str, tuple[int | None, ...]]  # from, to, shape
COPIES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}


class Exchange(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts copies between devices, and keeps the names of all other operations on tensors of several devices."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.copies: Counter[Moved] = Counter()
        self.mixed: list[str] = []
        self.operations = 0

    def __torch_dispatch__(
        self,
        operation: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        made = operation(*args, **(kwargs or {}))
        self.operations += 1
        for together in _together(str(operation), args, kwargs or {}, made):
            devices = list(dict.fromkeys(str(tensor.device) for tensor in together))
            if len(devices) < 2:
                continue
            if operation in COPIES:
                self._count(operation is torch.ops.aten.copy_.default, args, made)
            else:
                self.mixed.append(f"{operation} on {' and '.join(devices)}")
        return made

    def _count(self, in_place: bool, args: Sequence[Any], made: Tensor) -> None:
        source = args[1] if in_place else args[0]
        self.copies[str(source.device), str(made.device), tuple(made.shape)] += 1


def _together(name: str, *groups: Any) -> Iterator[list[Tensor]]:
    """Go through the tensors that meet in an operation: in one on lists those of the same index."""
    if not name.startswith("aten._foreach"):
        yield [leaf for leaf in tree_leaves(groups) if isinstance(leaf, Tensor)]
        return
    args, _, made = groups
    lists = [group for group in (*args, made) if isinstance(group, list | tuple)]
    single = [arg for arg in args if isinstance(arg, Tensor)]
    for row in zip(*lists, strict=True):
        yield [leaf for leaf in (*row, *single) if isinstance(leaf, Tensor)]


def forth(plan: Plan) -> Counter[Moved]:
    """Return the copies that a plan lists for a forward pass."""
    return Counter(_moved(copy) for copy in plan.copies)


def back(plan: Plan) -> Counter[Moved]:
    """Return the copies of gradients that a plan lists for a backward pass."""
    returned = plan.returned()
    moved = (_moved(copy) for copy in plan.copies if copy.made in returned)
    return Counter((to, origin, shape) for origin, to, shape in moved)


def _moved(copy: Copy) -> Moved:
    taken = copy.taken
    return taken.piece.device, copy.made.device, cut(taken.piece.content.shape or (), taken.range)
