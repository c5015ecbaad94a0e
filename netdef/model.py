"""From a model file to the graph of one state: what its data layers' records look like is asked of the databases."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from netdef.data.paths import resolve
from netdef.data.peek import record_shapes
from netdef.errors import UsageError
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.graph.rules import refuse_unknown_stages
from netdef.graph.typed import load_typed
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Edit, Loaded, unchanged


def load_graph(path: str, state: schema.NetState, edit: Edit = unchanged) -> Graph:
    """Read a net and build it in a state.

    Raises: DefinitionError with everything wrong in the file, UsageError if the state leaves no layer, or has a stage
    that is not among those that the file speaks of.
    """
    net = load_typed(path, edit)
    refuse_unknown_stages(net.file, net.message, state.stage)
    return graph_of(net, state)


def graph_of(net: Loaded[schema.NetParameter], state: schema.NetState) -> Graph:
    """Build a loaded net in a state, which wins over what the net says of its own.

    Raises: DefinitionError; UsageError if the state leaves no layer.
    """
    merged = schema.NetState()
    merged.MergeFrom(net.message.state)
    merged.MergeFrom(state)
    folder = Path(net.file).parent
    shapes, find_file = partial(record_shapes, folder=folder), partial(resolve, folder=folder)
    graph = build(net.message, merged, record_shapes=shapes, locate=net.locate, find_file=find_file)
    if not graph.nodes:
        phase, stages = schema.Phase.Name(merged.phase), ", ".join(merged.stage)
        with_stages = f" with stages {stages}" if stages else ""
        raise UsageError(f"{net.file}: no layer takes part in phase {phase}{with_stages}")
    return graph
