"""What a pass has done, entry by entry: operators of torch, compiled kernels, looks at numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ctypes import Structure, byref
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from torch import Tensor
from torch._ops import OpOverload
from torch.utils._pytree import tree_leaves, tree_map_only

from netdef.kernels.built import kernel
from netdef.module.tape import NEW
from netdef.repetition.written_to import written_to

Call = Callable[[], object]
Placed = Callable[[Tensor], Tensor]
"""Gives the tensor that stands for one that was there when the pass was taken down."""

COPIES = ("aten::clone", "aten::_to_copy")


@dataclass(frozen=True, eq=False)
class Operator:
    """A call of an operator, and what it has made."""

    function: OpOverload
    arguments: Sequence[Any]
    options: Mapping[str, Any]
    made: Any

    @property
    def tensors(self) -> list[Tensor]:
        """All that it has read, written and made."""
        return tensors_in((self.arguments, self.options, self.made))

    @property
    def new(self) -> list[Tensor]:
        """What it has made that lies on memory of its own."""
        given = {storage_of(tensor) for tensor in tensors_in((self.arguments, self.options))}
        return [tensor for tensor in tensors_in(self.made) if storage_of(tensor) not in given]

    @property
    def written(self) -> list[Tensor]:
        """What it was given, and has written to."""
        arguments = self.function._schema.arguments
        in_order = zip((argument.name for argument in arguments), self.arguments, strict=False)
        given, writes = {**dict(in_order), **self.options}, (each for each in arguments if _is_written(each))
        return tensors_in([given.get(each.name) for each in writes])

    def bound(self, placed: Placed) -> Call | None:
        """Return what does it again, on tensors in the places of the first ones; None if there is nothing to do."""
        new, writes = self.new, self.function._schema.is_mutable
        if not writes and (not new or self.function._schema.name in NEW):
            return None  # a view of what stays where it is, or memory that others fill
        arguments, options = tree_map_only(Tensor, placed, (tuple(self.arguments), dict(self.options)))
        made = tree_map_only(Tensor, placed, self.made)
        if not new:
            return partial(self.function, *arguments, **options)
        if self.function._schema.name in COPIES:
            return partial(made.copy_, arguments[0])
        if not writes and (there := written_to(self.function, options, made)):
            return partial(there.function, *arguments, **there.options)
        return partial(_copied, partial(self.function, *arguments, **options), tensors_in(made))


@dataclass(frozen=True, eq=False)
class KernelCall:
    """A call of a compiled kernel."""

    name: str
    task: Structure
    given: Sequence[Tensor | None]
    new: ClassVar[Sequence[Tensor]] = ()

    @property
    def tensors(self) -> list[Tensor]:
        """All that it has read and written."""
        return [tensor for tensor in self.given if tensor is not None]

    @property
    def written(self) -> list[Tensor]:
        """What it may have written to."""
        return self.tensors

    def bound(self, placed: Placed) -> Call:
        """Return what does it again, on tensors in the places of the first ones; these must be held."""
        call = kernel(self.name, 1 + len(self.given))
        assert call is not None, "it has been called"
        addresses = [None if tensor is None else placed(tensor).data_ptr() for tensor in self.given]
        return partial(call, byref(self.task), *addresses)


@dataclass(frozen=True, eq=False)
class Look:
    """A look at numbers, which raises an error if something is wrong with them."""

    check: Callable[..., None]
    given: Sequence[Tensor]
    new: ClassVar[Sequence[Tensor]] = ()
    written: ClassVar[Sequence[Tensor]] = ()

    @property
    def tensors(self) -> list[Tensor]:
        """All that it reads."""
        return list(self.given)

    def bound(self, placed: Placed) -> Call:
        """Return what does it again, at tensors in the places of the first ones."""
        return partial(self.check, *map(placed, self.given))


Taken = Operator | KernelCall | Look


def tensors_in(tree: Any) -> list[Tensor]:
    """Return the tensors among the leaves of tuples, lists and dicts."""
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def storage_of(tensor: Tensor) -> int:
    """Return what tells the memory of a tensor from that of others, as long as it is held."""
    return int(tensor.untyped_storage()._cdata)


def _is_written(argument: Any) -> bool:
    return argument.alias_info is not None and argument.alias_info.is_write


def _copied(call: Callable[[], Any], places: Sequence[Tensor]) -> None:
    for place, made in zip(places, tensors_in(call()), strict=True):
        place.copy_(made)
