"""How a bottom that no layer has made so far may be had."""

from __future__ import annotations

from collections.abc import Collection

from netdef.graph.problems import Locate
from netdef.graph.rules import included, shown_rules
from netdef.schema import netdef_pb2 as schema
from netdef.suggest import did_you_mean


def way_to(
    name: str, reader: int, net: schema.NetParameter, state: schema.NetState, made: Collection[str], locate: Locate
) -> str:
    """Tell how the layer at ``reader`` in the file may have a bottom: from a later layer, another phase, a like name.

    ``made`` are the blobs that there are before it.
    """
    makers = [
        (not included(other, state), position)
        for position, other in enumerate(net.layer)
        if name in other.top and position != reader
    ]
    if makers:
        left_out, position = min(makers)
        return _way_to_maker(left_out, position, net.layer[position], locate)
    known = f"blobs made so far: {', '.join(made)}" if made else "no blob is made before it"
    return did_you_mean(name, made) or known


def _way_to_maker(left_out: bool, position: int, layer: schema.LayerParameter, locate: Locate) -> str:
    place = locate(("layer", position))
    where = f" (line {place.outermost.line})" if place else ""
    maker = f'layer "{layer.name}"{where} makes it'
    if left_out:
        return f"{maker}, but its rules leave it out of this phase and stage: {shown_rules(layer)}"
    return f"{maker} later: layers run in file order, and a net has no cycles"
