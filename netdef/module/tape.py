"""What steps of a pass do: which compiled kernels they call, on which memory, and whether that is all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import Structure
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

from netdef.graph.plan import Piece
from netdef.kernels.replay import can_be_listed
from netdef.layers.functions.calls import noted
from netdef.module.operator_mode import OperatorMode

NEW = ("aten::empty", "aten::empty_like", "aten::empty_strided", "aten::new_empty", "aten::new_empty_strided")


@dataclass(eq=False)
class Buffer:
    """Memory that a step has asked for: so many bytes, used from the first to the last of some calls."""

    size: int
    first: int | None = None
    last: int = 0

    def use(self, call: int) -> None:
        """Say that a call reads or writes it."""
        self.first = call if self.first is None else self.first
        self.last = call


class Laid(NamedTuple):
    """How a tensor lies on the numbers of its storage."""

    size: tuple[int, ...]
    stride: tuple[int, ...]

    @classmethod
    def of(cls, tensor: Tensor) -> Laid:
        """Tell it of a tensor."""
        return cls(tuple(tensor.shape), tensor.stride())


class Given(NamedTuple):
    """A blob that others make, or an input by its name."""

    blob: Piece | str
    laid: Laid


Source = Buffer | Given | Tensor
"""Where numbers lie: in memory of a step's, in a blob that others make, in a tensor that stays."""


class Place(NamedTuple):
    """So many bytes from the first number of a source, and from one image to the next."""

    source: Source
    offset: int
    image: int


class Called(NamedTuple):
    """A call of a kernel for so many images, with its number; None stands for what is not there."""

    number: int
    name: str
    options: Structure
    images: int
    places: Sequence[Place | None]

    @property
    def sources(self) -> list[Buffer | Given]:
        """What it reads and writes but weights."""
        sources = (place.source for place in self.places if place is not None)
        return [source for source in sources if isinstance(source, Buffer | Given)]


class Tape(OperatorMode):
    """Takes down what kernels do in a pass, and sees whether torch's operators do anything beside."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Called] = []
        self.by_kernels_alone = True
        self._origins: dict[int, tuple[Buffer | Given, int]] = {}

    @contextmanager
    def step(self) -> Iterator[None]:
        """Watch a step; ``by_kernels_alone`` tells then whether kernels that lists can hold have done it all."""
        self.by_kernels_alone = True
        with self, noted(self):
            yield

    def note(self, name: str, task: Structure, tensors: Sequence[Tensor | None]) -> None:
        """Take a call down."""
        places = [None if tensor is None else self.place(tensor) for tensor in tensors]
        *_, written = (tensor for tensor in tensors if tensor is not None)
        call = Called(len(self.calls), name, task, len(written), places)
        for source in call.sources:
            if isinstance(source, Buffer):
                source.use(len(self.calls))
        self.calls.append(call)
        self.by_kernels_alone &= can_be_listed(task, len(tensors))

    def look(self, check: Callable[..., None], *tensors: Tensor) -> None:
        """Have a look at numbers, which no list can."""
        self.by_kernels_alone = False
        check(*tensors)

    def give(self, blob: Piece | str, tensor: Tensor) -> None:
        """Say that others make a blob, or that an input has this name."""
        own = _storage(tensor)
        self._origins[own] = Given(blob, Laid.of(tensor)), tensor.data_ptr() - own

    def place(self, tensor: Tensor) -> Place:
        """Return where a tensor lies."""
        own = _storage(tensor)
        source, start = self._origins.get(own, (tensor, tensor.data_ptr() - own))
        image = 0 if source is tensor or not tensor.dim() else tensor.stride(0) * tensor.element_size()
        return Place(source, tensor.data_ptr() - own - start, image)

    def is_made(self, tensor: Tensor) -> bool:
        """Tell whether float32 numbers were made by kernels, or by others before."""
        source = self.place(tensor).source
        made = isinstance(source, Given) or (isinstance(source, Buffer) and source.first is not None)
        return made and tensor.dtype is torch.float32

    def had_written(self, tensor: Tensor, calls: int) -> bool:
        """Tell whether the first ``calls`` have written to a tensor's memory."""
        source = self.place(tensor).source
        return isinstance(source, Buffer) and source.first is not None and source.first < calls

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run an operator, and look at what it has made."""
        made = func(*args, **(kwargs or {}))
        known = {_storage(each) for each in tree_leaves((args, kwargs)) if _has_storage(each)}
        for each in tree_leaves(made):
            if not _has_storage(each) or func._schema.is_mutable:
                self.by_kernels_alone = False
            elif _storage(each) not in known:
                self._made(each, is_blank=func._schema.name in NEW)
        return made

    def _made(self, tensor: Tensor, *, is_blank: bool) -> None:
        own = _storage(tensor)
        if is_blank:
            self._origins[own] = Buffer(tensor.untyped_storage().nbytes()), 0
        else:
            self._origins.pop(own, None)  # memory of before, let go, for something else
            self.by_kernels_alone = False


def _has_storage(each: object) -> bool:
    return isinstance(each, Tensor) and each.layout is torch.strided


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
