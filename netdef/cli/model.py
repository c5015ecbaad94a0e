"""What the verbs that look at one net share: its flags, and the way from file to graph."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from netdef.data.peek import record_shapes
from netdef.errors import UsageError
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded, load_net

PHASES = {"TRAIN": schema.TRAIN, "TEST": schema.TEST}


def add_state_flags(parser: argparse.ArgumentParser, phase: str | None) -> None:
    """Add the flags that choose a phase, level and stages; ``phase`` is the one where none is given."""
    parser.add_argument("--phase", choices=PHASES, default=phase, type=str.upper, help=f"default: {phase or 'all'}")
    parser.add_argument("--level", type=int, default=0, help="the level of the net's state (default: 0)")
    parser.add_argument("--stage", default="", help="stages of the net's state, with commas between")


def stages(text: str) -> list[str]:
    """Split ``--stage a,b``."""
    return [stage.strip() for stage in text.split(",") if stage.strip()]


def state_of(phase: str, level: int, stage: Sequence[str]) -> schema.NetState:
    """Return the state that flags ask for."""
    return schema.NetState(phase=PHASES[phase], level=level, stage=stage)


def graph_of(net: Loaded[schema.NetParameter], state: schema.NetState) -> Graph:
    """Build a loaded net in a state, on top of what the net says of its own state.

    Raises: DefinitionError.
    """
    merged = schema.NetState(phase=state.phase)
    merged.MergeFrom(net.message.state)
    merged.MergeFrom(state)
    shapes = partial(record_shapes, folder=Path(net.file).parent)
    graph = build(net.message, merged, record_shapes=shapes, locate=net.locate)
    if not graph.nodes:
        raise UsageError(f"{net.file}: no layer is in phase {schema.Phase.Name(state.phase)} with these stages")
    return graph


def load_graph(path: str, state: schema.NetState) -> Graph:
    """Read a net and build it in a state.

    Raises: DefinitionError.
    """
    return graph_of(load_net(path), state)
