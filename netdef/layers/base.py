"""The contract that every layer type keeps.

A layer is a value made from its message. It answers questions about shapes, parameters and cost in integers, without
torch, and computes its tops from its bottoms. It holds no tensors, knows no other layer and no device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

from netdef.errors import WiringError
from netdef.layers.channels import CHANNELS, Range, share
from netdef.layers.shape import Shape, count
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from netdef.layers.draws import Draws

FLOAT_BYTES = 4


class Kind(StrEnum):
    """Families of layers: the colours of a diagram and the lines of a legend."""

    DATA = "data"
    CONVOLUTION = "convolution"
    INNER_PRODUCT = "inner product"
    POOLING = "pooling"
    NORMALIZATION = "normalization"
    ACTIVATION = "activation"
    REGULARIZATION = "regularization"
    SHAPE = "shape"
    LOSS = "loss"
    METRIC = "metric"
    OTHER = "other"


@dataclass(frozen=True)
class Arity:
    """How many bottoms or tops a layer takes: at least ``least``, at most ``most`` (None: no limit)."""

    least: int
    most: int | None

    def __contains__(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {self.least}"
        return f"exactly {self.least}" if self.least == self.most else f"{self.least} to {self.most}"


def exactly(number: int) -> Arity:
    """Return the arity of a fixed number."""
    return Arity(number, number)


def at_least(number: int) -> Arity:
    """Return an arity without an upper limit."""
    return Arity(number, None)


def between(least: int, most: int) -> Arity:
    """Return the arity of a range, both ends included."""
    return Arity(least, most)


@dataclass(frozen=True)
class ParameterSpec:
    """A blob that the layer learns: its shape, first values and default multipliers."""

    shape: Shape
    filler: schema.FillerParameter
    lr_mult: float = 1.0
    decay_mult: float = 1.0


@dataclass(frozen=True)
class StateSpec:
    """A blob that the layer carries from one forward pass to the next, outside the gradient.

    ``saved`` ones are blobs of the layer in weights files (BatchNorm's sums); the others live as long as the run.
    """

    shape: Shape
    saved: bool = False


@dataclass(frozen=True)
class Cost:
    """What one forward pass takes: multiply-accumulates of the whole batch, bytes of the tops that it newly writes."""

    macs: int | None
    activation_bytes: int | None


@dataclass
class Context:
    """What a forward pass is given beside parameters and bottoms, and what it gives back beside tops.

    ``state`` holds the tensors of ``Layer.state``, in order; a layer that changes them puts the new ones in
    ``new_state`` and leaves the old ones as they are. ``device`` and ``dtype`` are for tensors made from nothing (None:
    torch's own choice).
    """

    train: bool
    draws: Draws
    state: Sequence[Tensor] = ()
    new_state: Sequence[Tensor] | None = field(default=None)
    device: torch.device | None = None
    dtype: torch.dtype | None = None


@dataclass(frozen=True)
class Part:
    """What one device does of a layer.

    ``layer`` computes it. ``bottoms`` are the ranges that it reads, ``blobs`` those of the learned and saved blobs that
    it holds, ``tops`` those that it is to give; None stands for all. Where ``layer`` computes more than ``tops`` say,
    the first ``margin`` channels of what it computes are left away, and those behind the range.
    """

    layer: Layer
    bottoms: tuple[Range | None, ...]
    blobs: tuple[Range | None, ...]
    tops: tuple[Range | None, ...]
    margin: int = 0


class Layer:
    """One layer of a net, made from its message.

    A type sets the class attributes that differ from these and overrides ``setup`` to read its options, ``shapes``,
    ``parameters``, ``state`` and ``macs`` where it has any, and ``forward``. Rules raise OptionError, ShapeError
    or WiringError with the value found and the rule; the caller adds the layer's name and place.
    """

    type: ClassVar[str]
    kind: ClassVar[Kind] = Kind.OTHER
    bottoms: ClassVar[Arity] = exactly(1)
    tops: ClassVar[Arity] = exactly(1)
    in_place: ClassVar[bool] = False
    source: ClassVar[bool] = False  # its tops are fed from outside; ``shapes`` is given the shapes of its records
    automatic_tops: ClassVar[bool] = False  # a top that the file leaves out is made, without a name
    channelwise: ClassVar[bool] = False  # each channel of the tops hangs on the same one of the bottoms alone
    rowwise: ClassVar[bool] = False  # each row of the tops hangs on the same one of the bottoms alone
    uses_batch_statistics: ClassVar[bool] = False  # a part of the batch gives other numbers than the whole
    backward_reads_top: ClassVar[bool] = False  # Caffe's does, and goes wrong where a layer above overwrites it
    backward_overwrites_itself: ClassVar[bool] = False  # Caffe's does in place, and goes wrong
    shares_memory: ClassVar[bool] = False  # in Caffe the tops have the memory of the bottom
    forward_loses_first_bottom: ClassVar[bool] = False  # Caffe's does in place: it clears the top before it reads
    forward_overwrites_itself_on_cpu: bool = False  # Caffe's does in place, on the CPU, before it reads
    backward_fills_bottoms: ClassVar[bool] = False  # Caffe's gives all bottoms gradients, asked for or not
    traceable: ClassVar[bool] = True  # torch's operators, and netdef's kernels, do all that it does
    needs_float32: ClassVar[bool] = False  # 16-bit floats, where a net computes in such, would lose what it adds up

    def __init__(self, message: schema.LayerParameter, phase: int = schema.TEST) -> None:
        """Read the options of ``message`` for a net in ``phase``.

        Raises: OptionError for a value that the layer's rules refuse.
        """
        self.message = message
        self.train = phase == schema.TRAIN
        self.setup()

    def setup(self) -> None:
        """Read and check the options."""

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes of the tops for those of the bottoms.

        Raises: ShapeError, where the bottoms break a rule whatever the unknown lengths are.
        """
        raise NotImplementedError

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the learnable blobs in Caffe's order and layout."""
        return ()

    def first_values(self, index: int) -> NDArray[np.float32] | None:
        """Return the first values of a learnable blob that no filler makes; None where its filler does."""
        return None

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        """Return the blobs carried from pass to pass."""
        return ()

    def macs(self, *bottoms: Shape) -> int | None:
        """Return the multiply-accumulates of one forward pass over the batch."""
        return 0

    def cost(self, *bottoms: Shape) -> Cost:
        """Return what one forward pass over the batch takes."""
        counts = [count(top) for top in self.shapes(*bottoms)]
        known = [number for number in counts if number is not None]
        size = FLOAT_BYTES * sum(known) if len(known) == len(counts) else None
        return Cost(self.macs(*bottoms), size)

    def split(self, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
        """Return what each of ``count`` devices, two or more, does of the layer; None if it stays whole, on one.

        A layer that works channel by channel has its blobs split with them, where these are as long as there are
        channels; others are held whole by every part.

        Raises: ShapeError or OptionError if it could be split, but not in so many equal parts.
        """
        tops = self.shapes(*bottoms)
        known = all(len(shape) > CHANNELS and shape[CHANNELS] is not None for shape in (*bottoms, *tops))
        if not known or not self.by_channels(*bottoms):
            return None
        return tuple(self._channels(index, count, bottoms, tops) for index in range(count))

    def _channels(self, index: int, count: int, bottoms: Sequence[Shape], tops: Sequence[Shape]) -> Part:
        """Return the part that has share ``index`` of the channels."""
        channels = bottoms[0][CHANNELS]
        saved = (spec.shape for spec in self.state(*bottoms) if spec.saved)
        blobs = (*(spec.shape for spec in self.parameters(*bottoms)), *saved)
        with_channels = [bool(blob) and blob[0] == channels for blob in blobs]
        return Part(
            self,
            bottoms=tuple(share(shape[CHANNELS] or 0, index, count) for shape in bottoms),
            blobs=tuple(share(channels or 0, index, count, axis=0) if own else None for own in with_channels),
            tops=tuple(share(shape[CHANNELS] or 0, index, count) for shape in tops),
        )

    def by_channels(self, *bottoms: Shape) -> bool:
        """Tell whether each channel of the tops hangs on the same one of the bottoms alone, or one on several."""
        return self.channelwise

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether row r of each top hangs on row r of the bottoms alone, so that a batch may come in parts."""
        return self.rowwise and all(bottoms)

    def altered(self, change: Callable[[schema.LayerParameter], None]) -> Self:
        """Return the layer with other options, those that ``change`` sets in a copy of its message."""
        message = schema.LayerParameter()
        message.CopyFrom(self.message)
        change(message)
        return type(self)(message, schema.TRAIN if self.train else schema.TEST)

    def default_loss_weight(self, top: int) -> float:
        """Return the loss_weight of a top where the file says nothing."""
        return 0.0

    def takes_gradient(self, bottom: int) -> bool:
        """Tell whether the layer can send a gradient to a bottom (labels and indices get none)."""
        return True

    def check_wiring(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        """Check the number of bottoms and tops and that no top overwrites a bottom where none may.

        Raises: WiringError.
        """
        if len(bottoms) not in self.bottoms:
            raise WiringError(f"has {_counted(bottoms, 'bottom')}, takes {self.bottoms}", path=("bottom",))
        short = self.automatic_tops and len(tops) < self.tops.least
        if not short and len(tops) not in self.tops:
            raise WiringError(f"has {_counted(tops, 'top')}, makes {self.tops}", path=("top",))
        if not self.in_place:
            self._refuse_in_place(bottoms, tops)

    def _refuse_in_place(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        for index, top in enumerate(tops):
            if top in bottoms:
                hint = "give the top a name of its own"
                raise WiringError(f'top "{top}" would overwrite its bottom', path=("top", index), hint=hint)

    def check_ready(self) -> None:
        """Refuse to compute, where something is missing that the graph can do without.

        Raises: UsageError.
        """

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Compute the tops; differentiable, on any device and dtype, all sizes taken from the tensors."""
        raise NotImplementedError


def _counted(names: Sequence[str], what: str) -> str:
    listed = f" ({', '.join(names)})" if names else ""
    return f"{len(names)} {what}{'' if len(names) == 1 else 's'}{listed}"
