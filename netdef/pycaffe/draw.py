"""Diagrams of nets given as messages."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from netdef.draw.dot import dot
from netdef.draw.palette import FILLS
from netdef.draw.render import FORMATS, render
from netdef.errors import DefinitionError, UsageError
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.graph.states import mentioned_states
from netdef.layers.register import layer_type
from netdef.schema import netdef_pb2 as schema
from netdef.schema.upgrade import upgrade_net

TAUGHT = ("Convolution", "Deconvolution", "InnerProduct")


class Drawing:
    """A diagram in the language of Graphviz, and the pictures of it."""

    def __init__(self, source: str) -> None:
        self._source = source

    def to_string(self) -> str:
        """Return the source."""
        return self._source

    def create(self, prog: str | None = None, format: str = "png") -> bytes:
        """Return the picture as svg, png or pdf, or the source for ``dot``; ``prog`` is what drew it in old times.

        Raises: UsageError for another format, or without Graphviz.
        """
        if format in ("dot", "raw"):
            return self._source.encode()
        if format not in FORMATS:
            raise UsageError(f"netdef draws {', '.join(FORMATS)} and dot, not {format}")
        return render(self._source, format)


def get_pydot_graph(
    caffe_net: schema.NetParameter,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Drawing:
    """Return the diagram of a net in one phase, or in all that it speaks of.

    ``rankdir`` is the way of the data: LR, TB, RL or BT. ``label_edges`` and ``display_lrm`` change nothing: netdef's
    diagrams say at each arrow what flows and at each layer what it has.

    Raises: DefinitionError if the net cannot be built in any of the phases.
    """
    return Drawing(dot(_graphs(caffe_net, phase), rankdir))


def draw_net(
    caffe_net: schema.NetParameter, rankdir: str, ext: str = "png", phase: int | None = None, display_lrm: bool = False
) -> bytes:
    """Return the picture of a net, in the format of an extension."""
    return get_pydot_graph(caffe_net, rankdir, phase=phase, display_lrm=display_lrm).create(format=ext)


def draw_net_to_file(
    caffe_net: schema.NetParameter,
    filename: str | PathLike[str],
    rankdir: str = "LR",
    phase: int | None = None,
    display_lrm: bool = False,
) -> None:
    """Write the picture of a net, in the format of the file's extension."""
    extension = Path(filename).suffix.removeprefix(".")
    Path(filename).write_bytes(draw_net(caffe_net, rankdir, extension, phase, display_lrm))


def choose_color_by_layertype(layertype: str) -> str:
    """Return the colour of a layer type in diagrams."""
    return FILLS[layer_type(layertype).kind]


def get_layer_lr_mult(layer: schema.LayerParameter) -> str:
    """Return the multipliers of a layer's learning rates as text: ``1.0``, or ``(1.0,2.0)`` where there are several.

    Raises: ValueError for a layer of a type that is not taught so.
    """
    if layer.type not in TAUGHT:
        raise ValueError(f"layer {layer.name!r} is of type {layer.type}, must be one of {', '.join(TAUGHT)}")
    multipliers = [str(param.lr_mult) for param in layer.param] or ["1.0"]
    return multipliers[0] if len(multipliers) == 1 else f"({','.join(multipliers)})"


def _graphs(net: schema.NetParameter, phase: int | None) -> list[Graph]:
    today = upgrade_net(net).message
    if phase is not None:
        state = schema.NetState()
        state.MergeFrom(today.state)
        state.MergeFrom(schema.NetState(phase=phase))  # type: ignore[arg-type]
        return [build(today, state)]
    graphs: list[Graph] = []
    failures: list[DefinitionError] = []
    for state in mentioned_states(today):
        try:
            graphs.append(build(today, state))
        except DefinitionError as error:
            failures.append(error)
    if not graphs and failures:
        raise failures[0]
    return graphs
