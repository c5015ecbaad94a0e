"""What a net is once its text has been understood for one phase, level and set of stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from netdef.errors import Place, Problem, UsageError
from netdef.layers.base import Cost, Layer, StateSpec
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema


@dataclass(eq=False)
class Value:
    """One version of a blob: what one layer writes. An in-place top is the next version of its name.

    ``shape`` is None where not even the number of axes is known.
    """

    name: str
    version: int
    shape: Shape | None
    producer: Node = field(repr=False)
    top: int
    consumers: list[tuple[Node, int]] = field(default_factory=list, repr=False)


@dataclass(eq=False)
class Parameter:
    """A blob that the net keeps: learned by the solver, or a running statistic (``learned`` is false).

    ``owner`` and ``index`` name the layer that made it first and its position there; ``name`` is what it is shared by;
    ``frozen`` tells that a layer group keeps it as it is; ``max_rms`` is what its kernels' root mean square must not
    exceed, 0 where there is no limit.
    """

    owner: str
    index: int
    shape: Shape
    filler: schema.FillerParameter | None
    learned: bool
    lr_mult: float
    decay_mult: float
    name: str = ""
    frozen: bool = False
    max_rms: float = 0.0


@dataclass(frozen=True)
class ParameterUse:
    """A parameter as one of its layers sees it: the shape may differ from the owner's where sharing is PERMISSIVE."""

    parameter: Parameter
    shape: Shape


@dataclass(frozen=True)
class Attributes:
    """What a layer's groups and its own ``device`` say of it.

    ``checkpoint`` names the group whose activations are recomputed in the backward pass, if there is one.
    """

    groups: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    lr_mult: float = 1.0
    decay_mult: float = 1.0
    freeze: bool = False
    over_workers: bool = False
    color: str = ""
    checkpoint: str = ""


@dataclass(eq=False)
class Node:
    """One layer in its net.

    ``index`` counts the nodes, ``position`` the layers of the file, ``namesakes`` the nodes before it that have the
    same name; ``device_place`` is where its devices are said, in the layer or in a group. ``propagates`` tells for each
    bottom whether a gradient goes down to it, ``backward`` whether the layer takes part in the backward pass at all.
    """

    index: int
    position: int
    layer: Layer
    place: Place | None
    attributes: Attributes
    namesakes: int = 0
    device_place: Place | None = field(default=None, repr=False)
    bottoms: tuple[Value, ...] = field(default=(), repr=False)
    tops: tuple[Value, ...] = field(default=(), repr=False)
    loss_weights: tuple[float, ...] = ()
    blobs: tuple[ParameterUse, ...] = ()
    state: tuple[StateSpec, ...] = ()
    cost: Cost = field(default_factory=lambda: Cost(None, None))
    propagates: tuple[bool, ...] = ()
    backward: bool = False

    @cached_property
    def name(self) -> str:
        """The layer's name; it need not be unique."""
        return self.layer.message.name

    @cached_property
    def key(self) -> str:
        """The layer's name if it is the first of that name, else one that no other layer of the net has."""
        return f"{self.name}\x1f{self.namesakes}" if self.namesakes else self.name

    @property
    def type(self) -> str:
        """The layer's type."""
        return self.layer.type

    @property
    def in_place(self) -> bool:
        """Whether a top overwrites the bottom of its name."""
        return any(top.version > 0 for top in self.tops)


@dataclass(eq=False)
class Graph:
    """The layers of one phase in file order, the blobs between them, and the parameters in the solver's order.

    ``outputs`` are the blobs that nobody reads, and those that others read but the file gives a loss_weight (of these
    Caffe puts out a copy, ``h_layer_0_split_0``; here they keep their names). ``debug_info`` asks for what the layers
    make to be logged, where no solver says whether it is.
    """

    name: str
    state: schema.NetState
    nodes: list[Node]
    parameters: list[Parameter]
    outputs: tuple[Value, ...]
    force_backward: bool = False
    debug_info: bool = False
    warnings: tuple[Problem, ...] = ()

    @property
    def train(self) -> bool:
        """Whether the graph is of phase TRAIN."""
        return self.state.phase == schema.TRAIN

    @property
    def sources(self) -> tuple[Node, ...]:
        """The layers whose tops come from outside."""
        return tuple(node for node in self.nodes if node.layer.source)

    def values(self) -> Iterator[Value]:
        """Go through all versions of all blobs in the order of their writing."""
        return (top for node in self.nodes for top in node.tops)

    def learned(self) -> list[Parameter]:
        """Return the parameters that the solver may change."""
        return [parameter for parameter in self.parameters if parameter.learned]

    def last_versions(self, names: Iterable[str]) -> list[Value]:
        """Return the last version of each named blob.

        Raises: UsageError if there is no such blob.
        """
        if not (wanted := list(names)):
            return []
        last = {value.name: value for value in self.values()}
        if unknown := [name for name in wanted if name not in last]:
            raise UsageError(f'net "{self.name}" has no blob "{unknown[0]}"; it has: {", ".join(last)}')
        return [last[name] for name in wanted]
