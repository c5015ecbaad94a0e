"""What is computed where: the steps that a placed net takes, in integers and names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from netdef.graph.graph import Graph, Node, Parameter, Value
from netdef.layers.base import Layer
from netdef.layers.channels import Range

Content = Value | Parameter


class Piece(NamedTuple):
    """A range of a blob or parameter (None: all of it) that lies on a device."""

    content: Content
    range: Range | None
    device: str


@dataclass(frozen=True)
class Take:
    """A range that is read of a piece; both count from the beginning of the whole."""

    piece: Piece
    range: Range | None

    @cached_property
    def whole(self) -> bool:
        """Whether all of the piece is read."""
        return self.range == self.piece.range


@dataclass(frozen=True)
class Copy:
    """Bring what is taken to another device, where it is ``made``."""

    taken: Take
    made: Piece

    @property
    def reads(self) -> tuple[Piece, ...]:
        """What has to be there before."""
        return (self.taken.piece,)

    @property
    def makes(self) -> tuple[Piece, ...]:
        """What is there after."""
        return (self.made,)


@dataclass(frozen=True)
class Compute:
    """Run a layer, or part ``index`` of ``count``, on a device.

    Each bottom and blob is what its takes hold, one behind the other. ``layer`` computes the part. Of what it computes
    the ``tops`` are kept: ``margin`` channels before them are left away, and those behind them.
    """

    node: Node
    layer: Layer
    index: int
    count: int
    device: str
    bottoms: tuple[tuple[Take, ...], ...]
    blobs: tuple[tuple[Take, ...], ...]
    tops: tuple[Piece, ...]
    margin: int = 0

    @property
    def reads(self) -> tuple[Piece, ...]:
        """What has to be there before."""
        return tuple(take.piece for takes in chain(self.bottoms, self.blobs) for take in takes)

    @property
    def makes(self) -> tuple[Piece, ...]:
        """What is there after."""
        return self.tops

    @cached_property
    def first_channel(self) -> int:
        """The first channel of the part's first top."""
        own = self.tops[0].range if self.tops else None
        return own.start if own else 0


class Turn(StrEnum):
    """What workers give each other of a blob of which each has its own rows, or its own channels of all rows."""

    ROWS = "rows"  # own rows become all rows
    CHANNELS = "channels"  # own channels of all rows become all channels
    BACK = "back"  # own channels of all rows become all channels of own rows


@dataclass(frozen=True)
class Exchange:
    """Give the other workers what is ``taken`` here, and get what is ``made`` of theirs."""

    turn: Turn
    taken: Piece
    made: Piece

    @property
    def reads(self) -> tuple[Piece, ...]:
        """What has to be there before."""
        return (self.taken,)

    @property
    def makes(self) -> tuple[Piece, ...]:
        """What is there after."""
        return (self.made,)


Step = Copy | Compute | Exchange


@dataclass(frozen=True)
class Loss:
    """A top that counts in the loss: its weight, and what it takes, all on the plan's ``home``.

    Gradients begin at it unless it ``only_counts``: see ``weighted``.
    """

    weight: float
    taken: tuple[Take, ...]
    only_counts: bool = False


@dataclass(frozen=True)
class Plan:
    """The steps of a forward pass in their order, and where things lie.

    ``devices`` are those of the plan, ``held`` the pieces of each parameter, ``outputs`` what the net's outputs take
    (those of one on one device), ``home`` the device on which the loss is added up.
    """

    graph: Graph
    devices: tuple[str, ...]
    steps: tuple[Step, ...]
    held: dict[Parameter, tuple[Piece, ...]]
    outputs: tuple[tuple[Value, tuple[Take, ...]], ...]
    losses: tuple[Loss, ...]
    home: str

    @property
    def computes(self) -> Iterator[Compute]:
        """Go through the layers and parts of layers."""
        return (step for step in self.steps if isinstance(step, Compute))

    @property
    def copies(self) -> Iterator[Copy]:
        """Go through the copies from device to device."""
        return (step for step in self.steps if isinstance(step, Copy))

    @property
    def entry(self) -> str:
        """The device of the first source, to which a batch is brought; the home of a plan without one."""
        return next((step.device for step in self.computes if step.layer.source), self.home)

    @property
    def exchanges(self) -> Iterator[Exchange]:
        """Go through what workers give each other."""
        return (step for step in self.steps if isinstance(step, Exchange))

    @property
    def is_whole(self) -> bool:
        """Whether all lies on one device, and nothing comes from other workers."""
        return len(self.devices) == 1 and not any(self.copies) and not any(self.exchanges)

    def pieces_of(self, value: Value) -> list[Piece]:
        """Return where a blob is made."""
        return [piece for step in self.computes for piece in step.tops if piece.content is value]

    def returned(self) -> set[Piece]:
        """Return what is made by copies and exchanges that a gradient goes back through.

        It hangs on something learned, and the loss on it.
        """
        learned, heard = _learned(self.graph), _heard(self.graph)
        read = {take.piece for loss in self.losses for take in loss.taken}
        for step in self.computes:
            if any(top in heard for top in step.node.tops):
                ways = zip(
                    (*step.bottoms, *step.blobs), (*step.node.propagates, *(True for _ in step.blobs)), strict=True
                )
                read |= {take.piece for takes, goes_down in ways if goes_down for take in takes}
        made = {copy.made for copy in self.copies} | {exchange.made for exchange in self.exchanges}
        return {piece for piece in made & read if piece.content in learned}


def _learned(graph: Graph) -> set[Content]:
    """Return the parameters that are learned, and the blobs that hang on them."""
    found: set[Content] = {parameter for parameter in graph.learned() if parameter.lr_mult != 0 or graph.force_backward}
    for node in graph.nodes:
        below = (bottom for bottom, goes_down in zip(node.bottoms, node.propagates, strict=True) if goes_down)
        if any(content in found for content in (*below, *(use.parameter for use in node.blobs))):
            found.update(node.tops)
    return found


def _heard(graph: Graph) -> set[Value]:
    """Return the blobs that the loss hangs on."""
    found: set[Value] = set()
    for node in reversed(graph.nodes):
        found.update(top for top, weight in zip(node.tops, node.loss_weights, strict=True) if weight)
        if any(top in found for top in node.tops):
            found.update(bottom for bottom, goes_down in zip(node.bottoms, node.propagates, strict=True) if goes_down)
    return found
